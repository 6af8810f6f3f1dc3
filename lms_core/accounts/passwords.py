"""Which passwords are too easy to guess, and how the hub stores the others (ACC-03)."""

from __future__ import annotations

import os
import re
import secrets
import sys
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from difflib import SequenceMatcher
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

P = ParamSpec("P")
T = TypeVar("T")
LEAST, MOST = 8, 128
BACK = 10
"""By how much hashing steps back, on the system's scale of 20."""
SIMILAR = 0.75
LEET = str.maketrans("013457@$!|", "oieastasil")

# Words that people take when they must think of a password. Together with what they do to them (capitals, figures or
# signs before and after, letters written as figures, the word twice) each stands for thousands.
_WORDS = """
aaaaaa abc abcd abcde abcdef abcdefg abcdefgh access account admin administrator alex alexander amanda america andrea
andrew angel angela animal anna anthony apple april arsenal asdf asdfg asdfgh asdfghjkl asdfqwer ashley asshole august
austin azerty baby babygirl badboy bailey banana baseball basketball batman beautiful berlin biteme blink bonjour
boomer boston brandon brooklyn buster butterfly camaro captain carlos casper changeit changeme charlie cheese chelsea
chester chicago chicken chocolate chris christian claude coffee college company computer contrasena contraseña cookie
cooper corvette cowboy cowboys cricket dallas daniel david december default demo desktop diamond dolphin dolphins
donald dragon eagle eagles edward elephant elizabeth eminem england enter family february ferrari fish flower fluffy
football forever frank freedom friday friend friends fuckyou gandalf george giants ginger god golden golf google guest
guitar hallo hammer hannah happy harley heaven hello hockey hola holiday home hunter hunting iloveyou india internet
jackson jacob january jasmine jason jennifer jessica jesus jordan joseph joshua july june junior justin kitty knight
kwerty ladybug lakers laptop learn learning lesson letmein letmesee liberty linux liverpool lkjhgfdsa login london
lonely love lovely loveme lover lucky maggie magic manager manchester march marina marine martin master matrix matthew
maverick mercedes merlin michael michelle mickey midnight mnbvcxz monday money monkey monster morgan motdepasse mother
mountain mustang myname naruto nathan newyork nicholas nicole nintendo nothing november october office oliver
opensesame orange pakistan panther paris parola pass passcode passphrase passwd password passwort patrick peanut
pepper phoenix piano player please poiuytrewq pokemon porsche prince princess private purple pussy qazwsx qweasd
qweasdzxc qwerasdf qwert qwerty qwertyuiop qwertz rabbit rachel racing raiders rainbow ranger rangers raspberry
realmadrid richard robert rocket root samantha samson samsung saturday school schule scooter scorpion secret security
senha september server shadow sifra silver silvia simple slipknot snoopy soccer sommer sophie spain sparky spider
spiderman spring star starwars steelers stefan steven student study stupid summer sunday sunflower sunshine super
superman system tamtam taylor teacher teaching temp test tester testing thomas thunder thursday tiger tigger trustno
tuesday turtle unknown user username valentina vampire victoria victory viking wednesday welcome whatever william
willkommen windows winner winter wizard yellow yourname yxcvbnm zaq zxcvb zxcvbn
"""
COMMON = frozenset(_WORDS.split())
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "qwertzuiop", "yxcvbnm")
_RUNS = tuple(run for row in _ROWS for run in (row * 2, row[::-1] * 2))


def password_faults(password: str, about: Iterable[str] = ()) -> list[str]:
    """Codes of what is wrong with a new password; `about` are words that belong to the person."""
    if len(password) < LEAST:
        return ["password_too_short"]
    if len(password) > MOST:
        return ["password_too_long"]
    faults = []
    if password.isdigit():
        faults.append("password_all_digits")
    if _similar(password.casefold(), about):
        faults.append("password_similar")
    if _common(password.casefold()):
        faults.append("password_common")
    return faults


def _similar(password: str, about: Iterable[str]) -> bool:
    parts = {
        part for text in about for part in (text.casefold(), *re.split(r"\W+|_", text.casefold())) if len(part) >= 4
    }
    return any(p in password or SequenceMatcher(a=password, b=p).ratio() >= SIMILAR for p in parts)


def _common(password: str) -> bool:
    """A known word behind figures, signs and repetition, a run of keys, or few different characters."""
    core = re.sub(r"^\W+|\W+$", "", password) or password
    if len(set(core)) < 4 or any(core in run for run in _RUNS):
        return True
    forms = {password, password.translate(LEET)}
    forms |= {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", form) for form in forms}
    forms |= {re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password).translate(LEET)}
    forms |= {form[: len(form) // 2] for form in forms if form[: len(form) // 2] * 2 == form}
    forms |= {re.sub(r"[\W\d_]+", "", form) for form in forms}
    return any(form in COMMON for form in forms)


class PasswordHasher:
    """Argon2id with a bound on how many run at once, for each takes 64 MiB (RFC 9106, second choice).

    Each runs in a thread that lets every other go first: a rush of sign-ins slows down those alone who sign in.
    """

    def __init__(self, *, at_once: int = 2, argon2: Argon2 | None = None) -> None:
        self._argon2 = argon2 or Argon2()
        self._room = threading.BoundedSemaphore(at_once)
        self._nobody = _of_nobody(self._argon2)

    def hash(self, password: str) -> str:
        """The salted slow hash that is stored."""
        return self._behind(self._argon2.hash, _form(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; takes as long without an account, so that nobody can tell (ACC-04)."""
        hashed = stored or self._nobody
        try:
            self._behind(self._argon2.verify, hashed, _form(password[: MOST * 4]))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def _behind(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        # what steps back may not step forward again, so the thread ends with its work
        with self._room, ThreadPoolExecutor(1, "hashing", initializer=_step_back) as thread:
            return thread.submit(work, *args, **kwargs).result()

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with weaker settings than today's."""
        return self._argon2.check_needs_rehash(stored)


def _of_nobody(argon2: Argon2) -> str:
    """A hash that no password has and that costs as much to look at as any other."""
    salt, tag = (
        b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (argon2.salt_len, argon2.hash_len)
    )
    costs = f"m={argon2.memory_cost},t={argon2.time_cost},p={argon2.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${tag}"


def _step_back() -> None:
    """Let other threads go first where a system knows that of one thread; those that hashing starts inherit it."""
    if sys.platform == "linux":
        os.nice(BACK)


def _form(password: str) -> str:
    # the same word typed on two keyboards may differ in its code points (NIST SP 800-63B, 5.1.1.2)
    return unicodedata.normalize("NFKC", password)
