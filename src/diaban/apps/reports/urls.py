"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from diaban.apps.reports.views import drafts, issues, letterheads

app_name = "reports"
urlpatterns = [
    path("", issues.issue_list, name="list"),
    path("co-quan/", letterheads.letterhead, name="letterhead"),
    path("<int:year>/", drafts.draft, name="draft"),
    path("<int:year>/trinh/", drafts.submit, name="submit"),
    path("<int:year>/trinh/<int:turn>/", drafts.submission, name="submission"),
    path("<int:year>/trinh/<int:turn>/tra-lai/", drafts.send_back, name="send_back"),
    path("<int:year>/trinh/<int:turn>/phat-hanh/", drafts.make, name="issue"),
    path("<int:year>/<int:number>/", issues.detail, name="detail"),
    path("<int:year>/<int:number>/tep/<str:fmt>/", issues.download, name="download"),
]
