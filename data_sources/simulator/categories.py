"""The category tree of the simulated cities: ten classes, about sixty kinds, with limits, clocks, units and titles."""

from dataclasses import dataclass

from dashboard.domain.base import Category

CLASSES = (
    ("01", "市容环境", "City appearance"),
    ("02", "安全隐患", "Safety hazards"),
    ("03", "公用设施", "Public facilities"),
    ("04", "街面秩序", "Street order"),
    ("05", "矛盾纠纷", "Disputes"),
    ("06", "民生服务", "Residents' services"),
    ("07", "施工管理", "Construction sites"),
    ("08", "环境保护", "Environment"),
    ("09", "交通设施", "Traffic facilities"),
    ("10", "园林绿化", "Parks and trees"),
)
PARTS = frozenset(("03", "09", "10"))

DEPARTMENTS = (
    ("城管局", "Urban Management Bureau"),
    ("消防救援大队", "Fire and Rescue Brigade"),
    ("住建局", "Housing and Construction Bureau"),
    ("市政中心", "Municipal Works Centre"),
    ("司法局", "Justice Bureau"),
    ("民政局", "Civil Affairs Bureau"),
    ("生态环境分局", "Ecology and Environment Branch"),
    ("交警大队", "Traffic Police Brigade"),
    ("园林中心", "Parks Centre"),
    ("应急管理局", "Emergency Management Bureau"),
    ("市场监管局", "Market Regulation Bureau"),
    ("水务局", "Water Bureau"),
    ("人社局", "Human Resources Bureau"),
    ("卫健局", "Health Bureau"),
    ("公安分局", "Public Security Branch"),
    ("供电公司", "Power Supply Company"),
    ("燃气公司", "Gas Company"),
    ("环卫中心", "Sanitation Centre"),
    ("农业农村局", "Agriculture Bureau"),
    ("教育局", "Education Bureau"),
)
"""Names of the departments every district has; a unit is a department of one district."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A sub-category: how long its cases may take, who handles them, how often they occur and how they read."""

    code: str
    name: str
    name_en: str
    limit: int
    clock: str
    department: int
    weight: float
    titles: tuple[str, ...]

    @property
    def urgent(self) -> bool:
        """Handled day and night."""
        return self.limit <= 240

    @property
    def part(self) -> bool:
        """A thing (部件) rather than an event (事件)."""
        return self.code[:2] in PARTS


# code|name|english|limit minutes|clock|department|weight|titles
_KINDS = """
0101|暴露垃圾|Exposed rubbish|1440|natural|17|6|暴露垃圾;垃圾满溢;建筑垃圾乱倒;绿化带内垃圾未清
0102|乱贴广告|Flyposting|1440|natural|0|3|乱贴小广告;墙面涂鸦;电杆乱贴广告
0103|积存污水|Standing sewage|1440|natural|3|2|积水未排;污水外溢路面
0104|店外堆物|Goods outside shops|840|work|0|3|店外堆物;门前杂物堆放
0105|公厕脏乱|Dirty public toilets|840|work|17|1|公厕保洁不到位;公厕设施损坏
0106|违建|Illegal structures|2100|work|0|2|违建彩钢棚未拆除;楼顶搭建;占用公共区域搭建围挡
0201|消防通道|Blocked fire lanes|1440|natural|1|4|消防通道堵塞;楼道堆物;安全出口上锁
0202|燃气安全|Gas safety|120|natural|16|1.5|燃气异味;燃气管线裸露;餐馆气瓶存放不规范
0203|飞线充电|Cable charging|1440|natural|1|4|楼道飞线充电;飞线充电隐患;电动车进楼充电
0204|高空坠物|Falling objects|240|natural|2|1.5|外墙瓷砖脱落;广告牌松动;空调外机支架锈蚀
0205|危房隐患|Unsafe houses|840|work|2|1|房屋墙体开裂;老旧房屋屋面塌陷存在安全隐患
0206|用电隐患|Electrical hazards|240|natural|15|1.5|电线低垂;配电箱敞开;电缆裸露
0207|防汛隐患|Flood hazards|240|natural|11|1|涵洞积水;河堤护坡松动;雨水口堵塞
0208|企业安全|Workplace safety|2100|work|9|1|作业现场无防护;仓库违规存放
0301|井盖|Manhole covers|240|natural|3|4|井盖松动;井盖缺失;井盖沉降异响
0302|路灯|Street lamps|1440|natural|3|3|路灯不亮;路灯杆倾斜
0303|管网|Pipes and sewers|1440|natural|11|2|污水管网堵塞外溢;自来水管漏水;雨水箅子破损
0304|通信设施|Telecom facilities|2100|work|3|1|通信线缆垂落;弱电箱损坏
0305|健身器材|Fitness equipment|2100|work|3|1|健身器材损坏;儿童滑梯破损
0306|垃圾设施|Rubbish facilities|840|work|17|1.5|垃圾桶破损;分类亭损坏
0401|占道经营|Street vending|240|natural|0|6|占道经营;流动摊贩;占用盲道摆摊
0402|非机动车|Bicycles and e-bikes|240|natural|0|4|电动车占盲道;共享单车乱停;非机动车乱停放
0403|机动车乱停|Illegal parking|240|natural|7|4|机动车占用人行道;消防通道停车;校门口违停
0404|犬只管理|Dogs|840|work|14|1.5|流浪犬伤人隐患;遛犬不牵绳
0405|噪音扰民|Noise|240|natural|14|3|广场舞噪音扰民;夜间商铺音响扰民
0406|油烟扰民|Cooking fumes|1260|work|6|2|餐饮油烟扰民;露天烧烤
0501|邻里纠纷|Neighbour disputes|2100|work|4|3|邻里纠纷调解;楼上漏水纠纷;宅基地边界纠纷
0502|物业纠纷|Property management|2100|work|2|3|物业收费纠纷;电梯停运未修;小区门禁长期故障业主反映强烈
0503|劳资纠纷|Wage disputes|3360|work|12|1.5|拖欠工资;工伤赔偿纠纷
0504|家庭矛盾|Family conflict|840|work|4|1|家庭矛盾调解;赡养纠纷
0505|消费纠纷|Consumer disputes|2100|work|10|2|预付卡退费;购物退换纠纷
0506|土地流转|Land leases|3360|work|18|0.7|土地承包纠纷;征地补偿咨询
0601|独居老人|Elderly living alone|840|work|5|2|独居老人走访;高龄老人代办;失联老人协助寻找
0602|困难帮扶|Hardship support|2100|work|5|1.5|困难家庭救助;残疾人辅具申请
0603|停水停电|Water and power cuts|240|natural|15|2|小区停电;停水未通知;水压不足
0604|社保医保|Social insurance|840|work|12|1.5|医保报销咨询;养老认证代办
0605|入学教育|Schools|2100|work|19|0.8|学区划分咨询;校车站点调整
0606|卫生防疫|Public health|840|work|13|1|病媒消杀;诊所卫生问题
0607|供暖供气|Heating and gas supply|1440|natural|16|1|燃气压力不足;暖气不热
0701|工地扬尘|Site dust|240|natural|2|3|工地扬尘;裸土未覆盖
0702|渣土车|Muck trucks|240|natural|0|2|渣土车抛洒;运输车未密闭
0703|夜间施工|Night work|240|natural|6|2|夜间施工噪音;施工超时
0704|围挡破损|Damaged hoardings|840|work|2|1.5|路面塌陷围挡破损;围挡倾斜
0705|占道开挖|Road digging|1260|work|3|1|占道开挖未恢复;施工后路面未修复
0801|秸秆焚烧|Straw burning|120|natural|18|1|秸秆焚烧;露天焚烧垃圾
0802|水体污染|Water pollution|1440|natural|6|1.5|河道漂浮物;沟渠黑臭水体
0803|异味扰民|Odours|1260|work|6|1.5|厂区异味;养殖异味扰民
0804|非法倾倒|Fly-tipping|1440|natural|6|1|非法倾倒渣土;固废随意倾倒
0901|交通信号|Traffic signals|240|natural|7|1.5|信号灯故障;信号灯被树遮挡
0902|道路破损|Road damage|2100|work|3|3|路面坑洼;人行道地砖破损;路沿石缺失
0903|护栏标志|Barriers and signs|840|work|7|1.5|护栏损坏;交通标志歪斜
0904|公交站亭|Bus shelters|2100|work|3|0.8|站牌损坏;候车亭玻璃破碎
0905|停车设施|Parking facilities|2100|work|3|0.8|停车泊位标线不清;道闸故障
1001|树木倒伏|Fallen trees|240|natural|8|1.2|树木倒伏;枯枝坠落隐患
1002|绿地破坏|Damaged greenery|1260|work|8|1.5|绿地踩踏;毁绿种菜
1003|树枝遮挡|Overhanging branches|1260|work|8|1.5|树枝遮挡路灯;行道树遮挡信号
1004|病虫害|Pests|2100|work|8|0.7|行道树虫害;飞絮扰民
1005|绿化设施|Park facilities|2100|work|8|0.7|园椅损坏;亭廊破损
"""


def _parse(line: str) -> Kind:
    code, name, name_en, limit, clock, department, weight, titles = line.split("|")
    return Kind(code, name, name_en, int(limit), clock, int(department), float(weight), tuple(titles.split(";")))


KINDS = tuple(_parse(line) for line in _KINDS.strip().splitlines())


def category_rows() -> list[Category]:
    """All categories, parents before children."""
    rows = [Category(code, zh, None, "part" if code in PARTS else "event", name_en=en) for code, zh, en in CLASSES]
    rows += [
        Category(k.code, k.name, k.code[:2], "part" if k.part else "event", k.limit, k.clock, k.name_en) for k in KINDS
    ]
    return rows
