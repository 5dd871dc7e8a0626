from __future__ import annotations

from django.urls import path

from diaban.apps.transformation.views import keeping, listing, plan

app_name = "transformation"
urlpatterns = [
    path("", listing.index, name="list"),
    path("lap/", keeping.make, name="make"),
    path("<slug:code>/", plan.plan, name="plan"),
    path("<slug:code>/phan-tich/", keeping.answers, name="answers"),
    path("<slug:code>/giai-doan/", keeping.phases, name="phases"),
    path("<slug:code>/giao-viec/", keeping.give, name="give"),
    path("<slug:code>/buoc/<slug:verb>/", keeping.step, name="step"),
    path("<slug:code>/duyet/<slug:verb>/", keeping.approve, name="approve"),
]
