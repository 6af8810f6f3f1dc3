"""What the hub signs and seals for accounts: access tokens, refresh tokens, device cards, recovery secrets."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import uuid
from dataclasses import dataclass
from typing import Any

import jwt
import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lms_core.accounts.model import Caller
from lms_core.errors import AuthExpired, StorageError, UserError

ISSUER = "desktop-lms"
NONCE = 12
REFRESH = re.compile(r"([0-9a-f-]{36})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Claims:
    """What a valid access token says; the role in it is a hint only (ACC-05)."""

    account: str
    session: str
    expires: int
    """In ms."""


class AccountKeys:
    """All keys, derived from one secret of 32 bytes that lies beside the database and never in it."""

    def __init__(self, secret: bytes) -> None:
        self._access = Ed25519PrivateKey.from_private_bytes(_derive(secret, b"access token"))
        self._cards = Ed25519PrivateKey.from_private_bytes(_derive(secret, b"registration card"))
        self._certificates = Ed25519PrivateKey.from_private_bytes(_derive(secret, b"certificate"))
        self._refresh = _derive(secret, b"refresh token")
        self._digests = _derive(secret, b"codes")
        self._recovery = ChaCha20Poly1305(_derive(secret, b"recovery secret"))
        self._proofs = _derive(secret, b"mailed proof")
        self._endings = _derive(secret, b"unsubscribe")
        self.bundles = _derive(secret, b"sync bundles")
        """The secret behind the keys of sync bundles."""

    # --- access tokens
    def access_token(self, caller: Caller, *, now: int, seconds: int) -> str:
        """Sign an access token; `now` in ms."""
        claims = {
            "iss": ISSUER, "sub": caller.account, "sid": caller.session, "email": caller.email, "role": caller.role,
            "iat": now // 1000, "exp": now // 1000 + seconds,
        }  # fmt: skip
        return jwt.encode(claims, self._access, algorithm="EdDSA")

    def read_access(self, token: str, *, now: int) -> Claims:
        """Check signature, algorithm, issuer and time; raises AuthExpired."""
        must: dict[str, Any] = {
            "require": ["exp", "iat", "sub", "sid"],
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
        }
        try:
            claims = jwt.decode(
                token, self._access.public_key(), algorithms=["EdDSA"], issuer=ISSUER, options=must  # type: ignore[arg-type]
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError) as error:
            raise AuthExpired("token_invalid") from error
        if not isinstance(claims["exp"], int) or claims["exp"] * 1000 <= now:
            raise AuthExpired("token_expired")
        return Claims(str(claims["sub"]), str(claims["sid"]), claims["exp"] * 1000)

    # --- refresh tokens
    def refresh_token(self, session: str, turn: int) -> str:
        """The refresh token of a session's turn: the same each time, so a repeated request gets the same answer."""
        return f"{session}.{turn}.{self._seal(session, turn)}"

    def read_refresh(self, token: str) -> tuple[str, int]:
        """Session and turn of a token that this hub made; raises AuthExpired."""
        match = REFRESH.fullmatch(token)
        if match is None or not hmac.compare_digest(match[3], self._seal(match[1], int(match[2]))):
            raise AuthExpired("token_invalid")
        return match[1], int(match[2])

    def _seal(self, session: str, turn: int) -> str:
        mac = hmac.digest(self._refresh, f"{session}.{turn}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def digest(self, owner: str, code: str) -> str:
        """What is kept of a code that only its owner shall know, in hex."""
        return hmac.digest(self._digests, f"{owner} {code}".encode(), hashlib.sha256).hex()

    # --- what proves that a mail was read
    def proof_token(self, proof: str) -> str:
        """The UUID in the link of a mailed proof."""
        return str(uuid.UUID(bytes=self._proof(proof, "token")[:16], version=4))

    def proof_code(self, proof: str) -> str:
        """The six figures that are typed instead."""
        return f"{int.from_bytes(self._proof(proof, 'code')[:8]) % 1_000_000:06d}"

    def _proof(self, proof: str, what: str) -> bytes:
        return hmac.digest(self._proofs, f"{what} {proof}".encode(), hashlib.sha256)

    # --- links that end mails
    def unsubscribe_token(self, account: str) -> str:
        """What the link holds by which an account ends its mails; it works for good (RFC 8058)."""
        mac = hmac.digest(self._endings, account.encode(), hashlib.sha256)
        return f"{account}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def read_unsubscribe(self, token: str) -> str:
        """The account of such a token; raises UserError `proof_invalid`."""
        account = token.partition(".")[0]
        if not hmac.compare_digest(token.encode(), self.unsubscribe_token(account).encode()):
            raise UserError("proof_invalid")
        return account

    # --- registration cards
    @property
    def card_key(self) -> str:
        """The public key that proves cards, in base64."""
        return base64.b64encode(self._cards.public_key().public_bytes_raw()).decode()

    def sign_card(self, facts: dict[str, Any]) -> str:
        """A card: facts that the hub has signed, `base64(json).base64(signature)`."""
        body = msgspec.json.encode(facts, order="sorted")
        return f"{base64.b64encode(body).decode()}.{base64.b64encode(self._cards.sign(body)).decode()}"

    def read_card(self, card: str) -> dict[str, Any]:
        """The facts of a card that this hub signed; raises UserError `card_invalid`."""
        return read_card(card, self._cards.public_key())

    # --- certificates
    @property
    def certificate_key(self) -> str:
        """The public key that proves certificates, in base64."""
        return base64.b64encode(self._certificates.public_key().public_bytes_raw()).decode()

    def sign_certificate(self, body: bytes) -> str:
        """The signature of a certificate, in base64 (CER-07)."""
        return base64.b64encode(self._certificates.sign(body)).decode()

    # --- recovery secrets
    def hide(self, secret: bytes, *, owner: str) -> bytes:
        """Encrypt a recovery secret for the database."""
        nonce = os.urandom(NONCE)
        return nonce + self._recovery.encrypt(nonce, secret, owner.encode())

    def reveal(self, hidden: bytes, *, owner: str) -> bytes:
        """Decrypt it; raises StorageError `key_changed` when the hub's key is another one now."""
        try:
            return self._recovery.decrypt(hidden[:NONCE], hidden[NONCE:], owner.encode())
        except InvalidTag as error:
            raise StorageError("key_changed") from error


def read_card(card: str, key: Ed25519PublicKey) -> dict[str, Any]:
    """Check a card with the hub's public key and return its facts; raises UserError `card_invalid`."""
    head, _, tail = card.partition(".")
    try:
        body, signature = base64.b64decode(head, validate=True), base64.b64decode(tail, validate=True)
        key.verify(signature, body)
        return msgspec.json.decode(body, type=dict[str, Any])
    except (InvalidSignature, binascii.Error, msgspec.MsgspecError, ValueError) as error:
        raise UserError("card_invalid") from error


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"desktop-lms " + purpose).derive(secret)
