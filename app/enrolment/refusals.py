"""Why somebody is not enrolled."""


class EnrolmentRefused(ValueError):
    """Nothing of it may stay: let it leave the transaction. The message is a Dutch sentence for whoever asked."""

    sentence = ""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.sentence)


class RouteClosed(EnrolmentRefused):
    sentence = "Voor deze vakmanschapsroute kunt u zich nu niet aanmelden."


class ProfileRefused(EnrolmentRefused):
    sentence = "Kies een profiel van deze vakmanschapsroute."


class OrganisationRefused(EnrolmentRefused):
    sentence = "Deze organisatiecode kan voor deze vakmanschapsroute niet worden gebruikt. Controleer de code."


class CodeRefused(EnrolmentRefused):
    """The same words whatever is wrong with a code."""

    sentence = "Deze betaalcode kan voor deze aanmelding niet worden gebruikt. Controleer de code."


class NoFreeCode(CodeRefused):
    sentence = "De organisatie heeft voor deze vakmanschapsroute geen vrije betaalcode."


class NothingToRenew(EnrolmentRefused):
    sentence = "Er is geen Bewijs van Vakmanschap van deze vakmanschapsroute om te verlengen."


class AlreadyEnrolled(EnrolmentRefused):
    """`enrolment` is the one that is open."""

    sentence = "Deze persoon is voor deze vakmanschapsroute al aangemeld."

    def __init__(self, enrolment: int) -> None:
        super().__init__()
        self.enrolment = enrolment
