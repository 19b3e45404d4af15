"""Django on the portal's own tables, twice: its admin, and a list of django-tables2 with django-filter. Runs in an
environment of its own: `python django_lists.py prepare` makes Django's tables and somebody who may sign in."""

import os
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

URL = urlsplit(os.environ["BENCH_DATABASE"])
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": URL.path, "CONN_MAX_AGE": None}
POSTGRES = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": URL.path[1:],
    "HOST": URL.hostname,
    "PORT": URL.port,
    "USER": URL.username,
    "CONN_MAX_AGE": None,
}
PER_PAGE = 25

settings.configure(
    DEBUG=False,
    SECRET_KEY="only-for-measuring",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": SQLITE if URL.scheme == "sqlite" else POSTGRES},
    USE_TZ=True,
    LANGUAGE_CODE="nl",
    STATIC_URL="/static/",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django_tables2",
        "django_filters",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.gzip.GZipMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

import django_filters  # noqa: E402
import django_tables2  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402


class Organisation(models.Model):
    code, name = models.CharField(max_length=3), models.CharField(max_length=120)

    class Meta:
        managed, app_label, db_table = False, "admin", "organisation"

    def __str__(self):
        return self.name


class Route(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        managed, app_label, db_table = False, "admin", "route"

    def __str__(self):
        return self.name


class Enrolment(models.Model):
    number = models.CharField(max_length=8)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, db_column="organisation", null=True)
    route = models.ForeignKey(Route, models.DO_NOTHING, db_column="route")
    given_name, name_particle = models.CharField(max_length=80), models.CharField(max_length=40)
    family_name = models.CharField(max_length=120)
    sort_key, search_text = models.TextField(), models.TextField()
    progress, state = models.CharField(max_length=40), models.CharField(max_length=12)
    enrolled_at, changed_at = models.DateTimeField(), models.DateTimeField()

    class Meta:
        managed, app_label, db_table = False, "admin", "enrolment"


class Paycode(models.Model):
    code, reference = models.CharField(max_length=16), models.CharField(max_length=120)
    contact_name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, db_column="organisation", null=True)
    route = models.ForeignKey(Route, models.DO_NOTHING, db_column="route")
    used_by = models.ForeignKey(Enrolment, models.DO_NOTHING, db_column="used_by", null=True)
    search_text = models.TextField()
    created_at, used_at = models.DateTimeField(), models.DateTimeField(null=True)

    class Meta:
        managed, app_label, db_table = False, "admin", "paycode"


@admin.register(Enrolment)
class EnrolmentAdmin(admin.ModelAdmin):
    list_display = (
        "family_name", "given_name", "name_particle", "number", "organisation", "route", "state", "progress",
        "enrolled_at", "changed_at",
    )  # fmt: skip
    list_filter = ("state", "route")
    search_fields = ("search_text",)
    list_select_related = ("organisation", "route")
    list_per_page = PER_PAGE
    ordering = ("sort_key", "id")


@admin.register(Paycode)
class PaycodeAdmin(admin.ModelAdmin):
    list_display = ("code", "organisation", "contact_name", "reference", "route", "created_at", "used_at", "used_by")
    search_fields = ("search_text",)
    list_select_related = ("organisation", "route", "used_by")
    list_per_page = PER_PAGE
    ordering = ("-created_at", "-id")


class EnrolmentFilter(django_filters.FilterSet):
    class Meta:
        model = Enrolment
        fields = {"organisation": ["exact"], "search_text": ["contains"], "state": ["exact"]}


class PaycodeFilter(django_filters.FilterSet):
    class Meta:
        model = Paycode
        fields = {"organisation": ["exact"], "search_text": ["contains"]}


class EnrolmentTable(django_tables2.Table):
    class Meta:
        model, fields, order_by = Enrolment, EnrolmentAdmin.list_display, ("family_name",)


class PaycodeTable(django_tables2.Table):
    class Meta:
        model, fields, order_by = Paycode, PaycodeAdmin.list_display, ("-created_at",)


PAGE = engines["django"].from_string(
    "{% load render_table from django_tables2 %}<!doctype html><title>Lijst</title>"
    "<form>{{ filter.form.search_text__contains }}<button>Filter</button></form>{% render_table table %}"
)


def listing(kind, table, related):
    @login_required
    def view(request):
        found = kind(request.GET, queryset=kind.Meta.model.objects.select_related(*related))
        shown = table(found.qs)
        django_tables2.RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(shown)
        return HttpResponse(PAGE.render({"filter": found, "table": shown}, request))

    return view


urlpatterns = [
    path("admin/", admin.site.urls),
    path("lijst/enrolment/", listing(EnrolmentFilter, EnrolmentTable, EnrolmentAdmin.list_select_related)),
    path("lijst/paycode/", listing(PaycodeFilter, PaycodeTable, PaycodeAdmin.list_select_related)),
]
application = get_wsgi_application()

if __name__ == "__main__":
    from django.contrib.auth.models import User
    from django.core.management import call_command

    assert sys.argv[1:] == ["prepare"]
    call_command("migrate", verbosity=0)
    User.objects.create_superuser("beheer", "", "beheer")
