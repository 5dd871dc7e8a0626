"""Forms: the five questions, and what people decide."""

from diaban.apps.analyses.forms.asking import AskForm, refuse
from diaban.apps.analyses.forms.deciding import AlertStepForm, ProposeForm, RateForm
from diaban.apps.analyses.forms.questions import FORMS

__all__ = ["FORMS", "AlertStepForm", "AskForm", "ProposeForm", "RateForm", "refuse"]
