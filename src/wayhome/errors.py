"""What can go wrong, as people and programs see it.

Every error that leaves Wayhome has a fixed ``code`` (programs decide by it), an HTTP ``status`` and a text
that says what happened and what to do. On the wire it is RFC 9457 problem+json. A foreign exception never
crosses an adapter: it is turned into one of these there.
"""

from __future__ import annotations

from typing import ClassVar


class HubError(Exception):
    """Something the caller should know. ``detail`` says what happened, ``advice`` what to do about it."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    advice: ClassVar[str] = "Try again. If it goes on, run `wayhome doctor`."

    def __init__(self, detail: str = "", *, advice: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or self.code).strip().splitlines()[0]
        self.hint = self.advice if advice is None else advice
        super().__init__(self.detail)

    def problem(self) -> dict[str, object]:
        """The error as an RFC 9457 problem document."""
        return {
            "type": f"about:wayhome/{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "advice": self.hint,
        }


class BadInput(HubError):
    """What was sent does not make sense."""

    code = "bad_input"
    status = 400
    advice = "Correct the request and send it again."


class SignInNeeded(HubError):
    """Nobody is signed in here."""

    code = "sign_in_needed"
    status = 401
    advice = "Sign in, or pair this device."


class NotAllowed(HubError):
    """This is not allowed for you."""

    code = "not_allowed"
    status = 403
    advice = "Ask an owner of the household for it."


class FreshSignInNeeded(NotAllowed):
    """This needs a sign-in of the last few minutes."""

    code = "fresh_sign_in_needed"
    advice = "Sign in again, then repeat it."


class NotWhileDriving(NotAllowed):
    """This is not for the driver while the car moves."""

    code = "not_while_driving"
    advice = "Stop the car, let a passenger do it, or press and hold where that is offered."


class NotFound(HubError):
    """There is no such thing here."""

    code = "not_found"
    status = 404
    advice = "Look at the list of what there is."


class NoWay(NotFound):
    """No road leads there."""

    code = "no_way"
    advice = "Choose another goal, or avoid less."


class Conflict(HubError):
    """This contradicts something that already stands."""

    code = "conflict"
    status = 409
    advice = "Load the newest state, then decide again."


class Moved(Conflict):
    """It is at another hub of the household by now."""

    code = "moved"
    advice = "Look where it is, then ask again."


class LastOwnersScreen(Conflict):
    """After this nobody could be let in to open what is private."""

    code = "last_owners_screen"
    advice = "Make a code on paper first, or repeat it with `sure`."


class Locked(HubError):
    """Somebody else holds this at the moment."""

    code = "locked"
    status = 423
    advice = "Wait until it is free."


class TooMany(HubError):
    """Too much at once."""

    code = "too_many"
    status = 429
    advice = "Wait a moment, then try again."


class Resting(HubError):
    """It stopped by itself: its road may cost, and nobody has touched the screen for a while."""

    code = "resting"
    status = 409
    advice = "Ask for it again to look on."


class TooLarge(HubError):
    """That is larger than what is taken here."""

    code = "too_large"
    status = 413
    advice = "Send less at once."


class PlanNeeded(HubError):
    """The household's plan does not hold this."""

    code = "plan_needed"
    status = 402
    advice = "An owner can add the bundle under Settings, Plan."


class StoreError(HubError):
    """The household's data could not be written."""

    code = "store_failed"
    status = 507
    advice = "Free disk space on the hub's machine, then try again."


class LinkError(HubError):
    """The other side of a link did not do it."""

    code = "link_failed"
    status = 502
    advice = "Look at the link's state under Settings, Links."


class Asleep(LinkError):
    """The device sleeps to save its battery."""

    code = "asleep"
    status = 503
    advice = "Wake it, or wait until it reports by itself."


class Unreachable(LinkError):
    """The device or service does not answer."""

    code = "unreachable"
    status = 504
    advice = "See whether it has power and network."


class AuthNeeded(LinkError):
    """The other side no longer accepts our sign-in."""

    code = "auth_needed"
    status = 502
    advice = "Sign in to it again under Settings, Links."


class Refused(LinkError):
    """The device or service said no."""

    code = "refused"
    status = 502
    advice = "Look at the device; what it says stands in the detail."


class Expired(LinkError):
    """The wish was not fulfilled in time and was dropped."""

    code = "expired"
    status = 504
    advice = "Ask again if it is still wanted."


BY_CODE: dict[str, type[HubError]] = {
    kind.code: kind
    for kind in (
        BadInput, SignInNeeded, NotAllowed, NotWhileDriving, NotFound, NoWay, Conflict, Moved, Locked, TooMany,
        TooLarge, StoreError, LinkError, Asleep, Unreachable, AuthNeeded, Refused, Expired,
    )
}  # fmt: skip
"""What another hub may say, by its code."""
