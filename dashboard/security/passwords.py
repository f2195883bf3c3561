"""Passwords: what may be one (OWASP ASVS 5.0, 6.2) and how it is kept (argon2id).

Length counts, not composition, and nothing expires but what was given out once.
"""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 128
_FIRST_TRIED = """
12345678 123456789 1234567890 0123456789 87654321 987654321 11111111 00000000 88888888 66666666 12341234 11223344
123123123 147258369 1qaz2wsx qwertyui qwertyuiop qwerty123 asdfghjk asdfghjkl zxcvbnm1 1q2w3e4r 1q2w3e4r5t
abcdefgh abcd1234 abc12345 abc123456 a1234567 a12345678 a123456789 aa123456 aa12345678 password password1
password12 password123 passw0rd p@ssw0rd p@ssword iloveyou woaini520 woaini1314 5201314520 woaini123 sunshine
princess football baseball superman welcome1 letmein1 trustno1 admin123 admin1234 admin12345 admin888 adminadmin
administrator root1234 rootroot test1234 testtest changeme default1 qq123456 wang1234 zhang123 liu12345
beijing2008 zhengzhou zhengzhou123 erqi1234 yiping123 yipingtonglan
"""
COMMON = frozenset(_FIRST_TRIED.split())
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's first choice for argon2id: 19 MiB, two passes; a login takes about 20 ms."""
_DUMMY = _hasher.hash(secrets.token_urlsafe(16))


class WeakPassword(ValueError):  # noqa: N818
    """A password that is refused; ``rule`` is ``short``, ``long``, ``common`` or ``name``."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule = rule


def check_password(password: str, name: str, shortest: int) -> None:
    """Raises ``WeakPassword`` for what may not be the password of the account of that name."""
    plain, own = password.casefold(), name.casefold()
    if len(password) < shortest:
        raise WeakPassword("short", f"a password has at least {shortest} characters")
    if len(password) > LONGEST:
        raise WeakPassword("long", f"a password has at most {LONGEST} characters")
    if plain in COMMON or len(set(plain)) == 1:
        raise WeakPassword("common", "this password is among the first that anybody tries")
    if len(own) > 2 and own in plain and len(plain.replace(own, "")) < 5:
        raise WeakPassword("name", "the password is little more than the name of the account")


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _hasher.hash(_bytes(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one; takes as long where there is none, so that nobody learns the names."""
    try:
        return _hasher.verify(stored or _DUMMY, _bytes(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def one_time_password() -> str:
    """80 random bits in four groups that a person can type: letters and digits that no one confuses."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _bytes(password: str) -> bytes:
    return password[: LONGEST + 1].encode("utf-8", "surrogatepass")
