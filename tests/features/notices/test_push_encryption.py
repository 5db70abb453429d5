"""Push messages are encrypted as RFC 8291 says: its own example, and what another implementation reads back."""

from __future__ import annotations

import base64

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from wayhome.errors import BadInput
from wayhome.features.notices.push.encryption import (
    MOST,
    RECORD,
    Keys,
    encrypted,
    from_text,
    keys,
    public_bytes,
    to_text,
)

CURVE = ec.SECP256R1()
# RFC 8291, 5 and appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc() -> None:
    own = ec.derive_private_key(int.from_bytes(from_text(SENDER_PRIVATE), "big"), CURVE)
    made = encrypted(PLAIN, keys(RECEIVER, AUTH), own, from_text(SALT))
    assert to_text(made) == BODY


@given(st.binary(max_size=MOST), st.integers(1, 4096), st.binary(min_size=16, max_size=16), st.integers(1, 2**200))
def test_another_implementation_reads_it(message: bytes, pad: int, salt: bytes, seed: int) -> None:
    device, own = ec.derive_private_key(seed, CURVE), ec.generate_private_key(CURVE)
    auth = salt[::-1]
    body = encrypted(message, Keys(public_bytes(device), auth), own, salt, pad)
    assert http_ece.decrypt(body, private_key=device, auth_secret=auth, version="aes128gcm") == message
    assert len(body) <= RECORD  # RFC 8030, 7.2: more need not be taken
    assert int.from_bytes(body[16:20], "big") == RECORD and len(body) - 86 - 17 >= len(message)
    assert (len(body) - 86 - 17) % pad == 0 or len(body) == RECORD


def test_short_and_long_texts_look_the_same() -> None:
    to, own = keys(RECEIVER, AUTH), ec.generate_private_key(CURVE)
    sizes = {len(encrypted(b"x" * n, to, own, bytes(16), 1024)) for n in range(1, 1025, 31)}
    assert len(sizes) == 1


def test_another_device_reads_nothing() -> None:
    device, other, own = (ec.generate_private_key(CURVE) for _ in range(3))
    body = encrypted(PLAIN, Keys(public_bytes(device), bytes(16)), own, bytes(16))
    for key, auth in ((other, bytes(16)), (device, b"\x01" * 16)):
        with pytest.raises(http_ece.ECEException):
            http_ece.decrypt(body, private_key=key, auth_secret=auth, version="aes128gcm")
    broken = body[:-1] + bytes([body[-1] ^ 1])
    with pytest.raises(http_ece.ECEException):
        http_ece.decrypt(broken, private_key=device, auth_secret=bytes(16), version="aes128gcm")


def test_too_long_a_message_is_refused_not_cut() -> None:
    with pytest.raises(BadInput, match="at most 3993"):
        encrypted(bytes(MOST + 1), keys(RECEIVER, AUTH), ec.generate_private_key(CURVE), bytes(16))


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", AUTH),
        (RECEIVER, ""),
        (RECEIVER[:-4], AUTH),
        (RECEIVER, AUTH + "AAAA"),
        (RECEIVER + "A" * 100, AUTH),
        (to_text(bytes(65)), AUTH),  # no point at all
        (to_text(b"\x04" + bytes(63) + b"\x01"), AUTH),  # a point of another curve
        ("Ärger", AUTH),
        ("BC+x/r7N", AUTH),
        (RECEIVER, "!!!!"),
    ],
)
def test_keys_that_are_none_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(BadInput) as refused:
        keys(p256dh, auth)
    assert p256dh[:8] not in str(refused.value) or len(p256dh) < 8


def test_keys_with_padding_are_taken_too() -> None:
    assert keys(RECEIVER + "=", AUTH + "==") == keys(RECEIVER, AUTH)
    assert base64.urlsafe_b64decode(AUTH + "==") == keys(RECEIVER, AUTH).auth
