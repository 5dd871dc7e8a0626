"""Synthetic control: a weighted mixture of untreated units that went like the treated one before, followed after.

A. Abadie and J. Gardeazabal, American Economic Review 93 (2003); A. Abadie, A. Diamond and J. Hainmueller, J. American
Statistical Association 105 (2010) and American J. Political Science 59 (2015).
"""

from diaban.engine.evaluation.synthetic_control.mixing import Donors, Importance, Mixture, mix
from diaban.engine.evaluation.synthetic_control.placebos import InSpace, in_space, in_time
from diaban.engine.evaluation.synthetic_control.simplex import nearest_mixture

__all__ = ["Donors", "Importance", "InSpace", "Mixture", "in_space", "in_time", "mix", "nearest_mixture"]
