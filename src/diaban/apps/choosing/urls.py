from __future__ import annotations

from django.urls import path

from diaban.apps.choosing.views import dossiers, listing, proposing, ranking

app_name = "choosing"
urlpatterns = [
    path("", listing.index, name="list"),
    path("trong-so/", listing.weights, name="weights"),
    path("<int:year>/", ranking.ranking, name="ranking"),
    path("<int:year>/de-xuat/", proposing.propose, name="propose"),
    path("ho-so/<str:code>/", dossiers.dossier, name="dossier"),
    path("ho-so/<str:code>/lap-lai/", proposing.revise, name="revise"),
    path("ho-so/<str:code>/tham-dinh/", dossiers.appraise, name="appraise"),
    path("ho-so/<str:code>/tra-lai/", dossiers.send_back, name="send_back"),
    path("ho-so/<str:code>/quyet-dinh/", dossiers.decide, name="decide"),
    path("ho-so/<str:code>/rut/", dossiers.withdraw, name="withdraw"),
]
