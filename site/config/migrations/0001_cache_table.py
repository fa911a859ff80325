"""The table of the database cache, so that `migrate` alone makes a database complete."""

from django.core.management import call_command
from django.db import migrations

TABLE = "site_cache"


def create(apps, editor):
    # Django's own command knows the columns; it does nothing where the table exists.
    call_command("createcachetable", TABLE, database=editor.connection.alias, verbosity=0)


def drop(apps, editor):
    editor.execute(f"DROP TABLE {editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(create, drop)]
