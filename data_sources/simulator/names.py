"""Invented names: places out of two syllable pools, people out of common surnames, masked phone numbers."""

from collections.abc import Iterator

import numpy as np

_FIRST = (
    "雁 Yan,梧 Wu,栗 Li,苇 Wei,槐 Huai,漱 Shu,枫 Feng,砚 Yan,鹭 Lu,岚 Lan,汀 Ting,芷 Zhi,蔚 Wei,桐 Tong,澄 Cheng,"
    "梓 Zi,菱 Ling,翠 Cui,松 Song,棠 Tang,榆 Yu,荻 Di,杏 Xing,沁 Qin,霁 Ji,柘 Zhe,葵 Kui,簪 Zan,檀 Tan,鹤 He,"
    "橘 Ju,藕 Ou,溆 Xu,苔 Tai,萤 Ying,樨 Xi,暮 Mu,泠 Ling,珩 Heng,皎 Jiao"
)
_SECOND = (
    "湖 hu,渡 du,屏 ping,岭 ling,溪 xi,浦 pu,陂 bei,洲 zhou,埠 bu,台 tai,塘 tang,坪 ping,岗 gang,潭 tan,泽 ze,"
    "津 jin,圃 pu,堰 yan,川 chuan,陌 mo,汀 ting,崖 ya,坞 wu,原 yuan,垣 yuan,澜 lan,渚 zhu,皋 gao,峪 yu,荫 yin"
)
_THIRD = "里 li,苑 yuan,坊 fang,巷 xiang,桥 qiao,园 yuan,亭 ting,湾 wan,庄 zhuang,门 men,井 jing,阁 ge"
_RURAL_THIRD = "庄 zhuang,沟 gou,湾 wan,寨 zhai,坪 ping,铺 pu,营 ying,屯 tun,坡 po,洼 wa,店 dian,桥 qiao"
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰秀珍红梅建国志文宇鑫浩然子涵雨欣佳怡晨阳俊博思远海"
    "波春燕小云永安庆林晓东立新"
)

_TAKEN = frozenset(("枫溪", "芷陂", "菱溪", "翠湖", "翠岭", "松岗"))
"""Stems that real places of the five cities carry."""


def _pool(text: str) -> list[tuple[str, str]]:
    pairs = (entry.split() for entry in text.split(","))
    return [(zh, en) for zh, en in pairs]


FIRST, SECOND = _pool(_FIRST), _pool(_SECOND)


def stems(rng: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Different two-syllable stems (zh, pinyin) in random order, then three-syllable ones, without end."""
    pairs = [(a[0] + b[0], a[1] + b[1]) for a in FIRST for b in SECOND if a[0] != b[0]]
    pairs = [pair for pair in pairs if pair[0] not in _TAKEN]
    order = rng.permutation(len(pairs))
    for index in order:
        yield pairs[index]
    thirds = _pool(_THIRD) + _pool(_RURAL_THIRD)
    while True:
        for index in rng.permutation(len(pairs)):
            zh, en = thirds[int(rng.integers(len(thirds)))]
            yield pairs[index][0] + zh, pairs[index][1] + en


def people(rng: np.random.Generator, count: int) -> list[str]:
    """Names of that many people: a surname and one or two characters."""
    surname = rng.integers(len(_SURNAMES), size=count)
    given = rng.integers(len(_GIVEN), size=(count, 2))
    short = rng.random(count) < 0.22
    return [
        _SURNAMES[s] + _GIVEN[a] + ("" if one else _GIVEN[b])
        for s, (a, b), one in zip(surname.tolist(), given.tolist(), short.tolist(), strict=True)
    ]


def phones(rng: np.random.Generator, count: int) -> list[str]:
    """Masked mobile numbers such as ``138****0021``: nobody's."""
    heads = np.array(["133", "136", "138", "150", "158", "177", "186", "189"])[rng.integers(8, size=count)]
    tails = rng.integers(10_000, size=count)
    return [f"{head}****{tail:04d}" for head, tail in zip(heads.tolist(), tails.tolist(), strict=True)]
