"""The table of the database cache, so that `migrate` alone makes a database complete."""

from django.core.management import call_command
from django.db import migrations


def create(apps, editor):
    # Django's own command knows the columns; it does nothing where the table exists.
    call_command("createcachetable", "site_cache", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    initial = True
    operations = [migrations.RunPython(create, lambda apps, editor: editor.execute("DROP TABLE site_cache"))]
