from django.conf import settings
import django.core.validators
from django.db import migrations, models
import django
import django.db.models.deletion
import django.utils.timezone
import uuid


def check_constraint(check, name):
    """`check` became `condition` in Django 5.1 and is gone in 6.0; migrations import nothing from the app."""
    return models.CheckConstraint(**{"condition" if django.VERSION >= (5, 1) else "check": check}, name=name)


def make_search_indexes(apps, schema_editor):
    """On PostgreSQL, without an extension: words of todos by list, and the todos in actions. Others look row by row."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX todos_todo_search ON django_todos_todo"
            " USING gin ((ARRAY[todo_list_id]), to_tsvector('simple', title || ' ' || notes))"
        )
        schema_editor.execute(
            "CREATE INDEX todos_action_todos ON django_todos_action USING gin ((changes -> 'todos'))"
        )


def drop_search_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX todos_todo_search")
        schema_editor.execute("DROP INDEX todos_action_todos")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('verb', models.CharField(max_length=20)),
                ('changes', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'action',
                'verbose_name_plural': 'actions',
            },
        ),
        migrations.CreateModel(
            name='BlockedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_hash', models.CharField(editable=False, max_length=64, unique=True)),
            ],
            options={
                'verbose_name': 'blocked address',
                'verbose_name_plural': 'blocked addresses',
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('typed', models.CharField(max_length=254, verbose_name='name or email')),
                ('key', models.CharField(editable=False, max_length=254)),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('owner', 'Owner')], default='editor', max_length=10, verbose_name='role')),
                ('token_hash', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('mail', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField(editable=False)),
                ('ending', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='', max_length=10)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
            },
        ),
        migrations.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('key', models.CharField(editable=False, max_length=300)),
                ('color', models.CharField(choices=[('grey', 'Grey'), ('red', 'Red'), ('orange', 'Orange'), ('amber', 'Amber'), ('green', 'Green'), ('teal', 'Teal'), ('blue', 'Blue'), ('violet', 'Violet'), ('pink', 'Pink')], default='grey', max_length=10, verbose_name='colour')),
            ],
            options={
                'verbose_name': 'label',
                'verbose_name_plural': 'labels',
                'ordering': [models.OrderBy(models.F('name'))],
            },
        ),
        migrations.CreateModel(
            name='TodoList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('description', models.TextField(blank=True, max_length=2000, verbose_name='description')),
                ('object_id', models.CharField(blank=True, max_length=255)),
                ('open_count', models.PositiveIntegerField(default=0, editable=False)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('deleted_at', models.DateTimeField(blank=True, null=True, verbose_name='deleted')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('inbox_of', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='inbox of')),
                ('object_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'list',
                'verbose_name_plural': 'lists',
                'indexes': [models.Index(fields=['object_type', 'object_id'], name='todos_list_object')],
                'constraints': [check_constraint(check=models.Q(('name', ''), _negated=True), name='todos_list_has_name'), check_constraint(check=models.Q(('inbox_of', None), models.Q(('archived_at', None), ('deleted_at', None), ('object_type', None)), _connector='OR'), name='todos_list_inbox_is_plain'), models.UniqueConstraint(condition=models.Q(('deleted_at', None), ('object_type__isnull', False)), fields=('object_type', 'object_id'), name='todos_list_one_per_object')],
            },
        ),
        migrations.CreateModel(
            name='Todo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('tree', models.UUIDField(editable=False)),
                ('depth', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('position', models.BigIntegerField(default=0, editable=False)),
                ('title', models.CharField(max_length=500, verbose_name='title')),
                ('notes', models.TextField(blank=True, max_length=100000, verbose_name='notes')),
                ('priority', models.PositiveSmallIntegerField(default=0, verbose_name='priority')),
                ('due_date', models.DateField(blank=True, null=True, verbose_name='due date')),
                ('due_time', models.TimeField(blank=True, null=True, verbose_name='due time')),
                ('due_tz', models.CharField(blank=True, max_length=64, verbose_name='due time zone')),
                ('due_at', models.DateTimeField(editable=False, null=True)),
                ('due_moves', models.PositiveIntegerField(default=0, editable=False)),
                ('start_date', models.DateField(blank=True, null=True, verbose_name='start date')),
                ('start_time', models.TimeField(blank=True, null=True, verbose_name='start time')),
                ('start_tz', models.CharField(blank=True, max_length=64, verbose_name='start time zone')),
                ('start_at', models.DateTimeField(editable=False, null=True)),
                ('is_completed', models.BooleanField(default=False, verbose_name='completed')),
                ('completed_at', models.DateTimeField(blank=True, null=True, verbose_name='completed at')),
                ('rrule', models.TextField(blank=True, verbose_name='repeat')),
                ('repeat_mode', models.CharField(choices=[('due', 'the due date'), ('completion', 'completion')], default='due', max_length=10)),
                ('repeat_anchor_date', models.DateField(blank=True, null=True)),
                ('repeat_anchor_time', models.TimeField(blank=True, null=True)),
                ('repeat_anchor_tz', models.CharField(blank=True, max_length=64)),
                ('repeat_since', models.PositiveIntegerField(default=0, editable=False)),
                ('slot_date', models.DateField(editable=False, null=True)),
                ('slot_time', models.TimeField(editable=False, null=True)),
                ('slot_tz', models.CharField(blank=True, editable=False, max_length=64)),
                ('occurrence', models.PositiveIntegerField(default=0, editable=False)),
                ('extra', models.JSONField(blank=True, default=dict, editable=False)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assignee')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deleted_top', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deleted_with', to='django_todos.todo')),
                ('labels', models.ManyToManyField(blank=True, related_name='todos', to='django_todos.label', verbose_name='labels')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='subtasks', to='django_todos.todo')),
                ('todo_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='todos', to='django_todos.todolist', verbose_name='list')),
            ],
            options={
                'verbose_name': 'todo',
                'verbose_name_plural': 'todos',
                'indexes': [models.Index(condition=models.Q(('deleted_at', None), ('is_completed', False)), fields=['todo_list', 'depth', 'position', 'id'], name='todos_todo_by_hand'), models.Index(models.F('todo_list'), models.Func(models.F('due_date'), output_field=models.DateField(), template="COALESCE(%(expressions)s, '9999-12-31')"), models.Func(models.F('due_time'), output_field=models.TimeField(), template="COALESCE(%(expressions)s, '23:59:59')"), models.F('position'), models.F('id'), condition=models.Q(('deleted_at', None), ('is_completed', False)), name='todos_todo_by_due'), models.Index(models.F('todo_list'), models.Func(models.F('priority'), output_field=models.IntegerField(), template='COALESCE(NULLIF(%(expressions)s, 0), 10)'), models.F('position'), models.F('id'), condition=models.Q(('deleted_at', None), ('is_completed', False)), name='todos_todo_by_priority'), models.Index(models.F('todo_list'), models.Func(models.F('title'), output_field=models.CharField(), template='LOWER(%(expressions)s)'), models.F('id'), condition=models.Q(('deleted_at', None), ('is_completed', False)), name='todos_todo_by_title'), models.Index(models.F('todo_list'), models.Func(models.F('id'), output_field=models.BigIntegerField(), template='-%(expressions)s'), condition=models.Q(('deleted_at', None), ('is_completed', False)), name='todos_todo_newest'), models.Index(condition=models.Q(('deleted_at', None), ('depth', 0), ('is_completed', True)), fields=['todo_list', '-completed_at', '-id'], name='todos_todo_completed'), models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['todo_list', '-deleted_at', '-id'], name='todos_todo_trash'), models.Index(fields=['todo_list', 'parent', 'position', 'id'], name='todos_todo_order'), models.Index(fields=['tree', 'depth', 'position'], name='todos_todo_tree'), models.Index(condition=models.Q(('deleted_at', None), ('due_time__isnull', False), ('is_completed', False)), fields=['todo_list', 'due_date'], name='todos_todo_due_clock'), models.Index(condition=models.Q(('deleted_at', None), ('is_completed', False), ('start_time__isnull', False)), fields=['todo_list', 'start_date'], name='todos_todo_start_clock'), models.Index(condition=models.Q(('assignee__isnull', False), ('deleted_at', None), ('is_completed', False)), fields=['assignee', 'todo_list'], name='todos_todo_assigned')],
                'constraints': [check_constraint(check=models.Q(('title', ''), _negated=True), name='todos_todo_has_title'), check_constraint(check=models.Q(('parent', None), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='todos_todo_not_own_parent'), check_constraint(check=models.Q(models.Q(('depth', 0), ('parent', None), ('tree', models.F('uuid'))), models.Q(('depth__gte', 1), ('depth__lte', 4), ('parent__isnull', False)), _connector='OR'), name='todos_todo_depth'), check_constraint(check=models.Q(('priority__lte', 9)), name='todos_todo_priority'), check_constraint(check=models.Q(('due_time', None), ('due_date__isnull', False), _connector='OR'), name='todos_due_time_has_date'), check_constraint(check=models.Q(models.Q(('due_at', None), ('due_tz', '')), models.Q(('due_at__isnull', False), ('due_time__isnull', False), models.Q(('due_tz', ''), _negated=True)), _connector='OR'), name='todos_due_zone_has_time'), check_constraint(check=models.Q(('start_time', None), ('start_date__isnull', False), _connector='OR'), name='todos_start_time_has_date'), check_constraint(check=models.Q(models.Q(('start_at', None), ('start_tz', '')), models.Q(('start_at__isnull', False), ('start_time__isnull', False), models.Q(('start_tz', ''), _negated=True)), _connector='OR'), name='todos_start_zone_has_time'), check_constraint(check=models.Q(('repeat_anchor_time', None), ('repeat_anchor_date__isnull', False), _connector='OR'), name='todos_anchor_time_has_date'), check_constraint(check=models.Q(('repeat_anchor_tz', ''), ('repeat_anchor_time__isnull', False), _connector='OR'), name='todos_anchor_zone_has_time'), check_constraint(check=models.Q(models.Q(('slot_date', None), ('slot_time', None)), models.Q(('slot_date__isnull', False), models.Q(('rrule', ''), _negated=True)), _connector='OR'), name='todos_slot_has_rule'), check_constraint(check=models.Q(('slot_tz', ''), ('slot_time__isnull', False), _connector='OR'), name='todos_slot_zone_has_time'), check_constraint(check=models.Q(('repeat_mode__in', ['due', 'completion'])), name='todos_todo_repeat_mode'), check_constraint(check=models.Q(models.Q(('completed_at__isnull', False), ('is_completed', True)), models.Q(('completed_at', None), ('is_completed', False)), _connector='OR'), name='todos_completed_has_time'), check_constraint(check=models.Q(('deleted_top', None), ('deleted_at__isnull', False), _connector='OR'), name='todos_deleted_with_top')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(choices=[('assigned', 'Given a todo'), ('role', 'Another role'), ('removed', 'Taken out of a list'), ('answered', 'Invitation answered')], max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('action', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='django_todos.action')),
                ('invitation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.invitation')),
                ('todo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.todo')),
                ('todo_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.todolist')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
            },
        ),
        migrations.CreateModel(
            name='ListAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.action')),
                ('todo_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.todolist')),
            ],
            options={
                'verbose_name': 'action in a list',
                'verbose_name_plural': 'actions in lists',
                'constraints': [models.UniqueConstraint(fields=('todo_list', 'action'), name='todos_list_action_once')],
            },
        ),
        migrations.AddField(
            model_name='label',
            name='todo_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='labels', to='django_todos.todolist'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='todo_list',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to='django_todos.todolist'),
        ),
        migrations.CreateModel(
            name='ImportDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('format', models.CharField(max_length=20)),
                ('name', models.CharField(blank=True, max_length=255)),
                ('content', models.BinaryField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('begun_at', models.DateTimeField(null=True)),
                ('lists', models.JSONField(default=dict)),
                ('closing', models.JSONField(default=dict)),
                ('zone', models.CharField(blank=True, max_length=64)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('same', models.PositiveIntegerField(default=0)),
                ('left_out', models.PositiveIntegerField(default=0)),
                ('added', models.PositiveIntegerField(default=0)),
                ('edited', models.PositiveIntegerField(default=0)),
                ('taken_back', models.PositiveIntegerField(default=0)),
                ('stayed', models.PositiveIntegerField(default=0)),
                ('is_undoing', models.BooleanField(default=False)),
                ('ending', models.CharField(blank=True, choices=[('written', 'imported'), ('lost', 'ended, since a list can’t be written to any more'), ('undone', 'undone')], default='', max_length=10)),
                ('todo_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.todolist')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import draft',
                'verbose_name_plural': 'import drafts',
            },
        ),
        migrations.AddField(
            model_name='action',
            name='lists',
            field=models.ManyToManyField(related_name='actions', through='django_todos.ListAction', to='django_todos.todolist'),
        ),
        migrations.AddField(
            model_name='action',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('remind_at', models.DateTimeField(blank=True, null=True, verbose_name='remind at')),
                ('minutes_before', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes before')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('todo', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='django_todos.todo')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'indexes': [models.Index(condition=models.Q(('remind_at__isnull', False)), fields=['remind_at'], name='todos_reminder_time')],
                'constraints': [check_constraint(check=models.Q(models.Q(('minutes_before__isnull', False), ('remind_at', None)), models.Q(('minutes_before', None), ('remind_at__isnull', False)), _connector='OR'), name='todos_reminder_one_kind'), check_constraint(check=models.Q(('minutes_before', None), ('minutes_before__lte', 86400), _connector='OR'), name='todos_reminder_before'), models.UniqueConstraint(condition=models.Q(('minutes_before__isnull', False)), fields=('todo', 'user', 'minutes_before'), name='todos_reminder_before_once'), models.UniqueConstraint(condition=models.Q(('remind_at__isnull', False)), fields=('todo', 'user', 'remind_at'), name='todos_reminder_at_once')],
            },
        ),
        migrations.CreateModel(
            name='Preferences',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(blank=True, max_length=16, verbose_name='language')),
                ('seen_language', models.CharField(blank=True, editable=False, max_length=16)),
                ('time_zone', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('seen_time_zone', models.CharField(blank=True, editable=False, max_length=64)),
                ('seen_region', models.CharField(blank=True, editable=False, max_length=2)),
                ('day_order', models.CharField(blank=True, choices=[('day', 'Day first'), ('month', 'Month first')], default='', max_length=5, verbose_name='dates')),
                ('hour_cycle', models.CharField(blank=True, choices=[('12', '12 hours'), ('24', '24 hours')], default='', max_length=2, verbose_name='times')),
                ('week_start', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='week starts on')),
                ('theme', models.CharField(choices=[('system', 'Match system'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=10, verbose_name='theme')),
                ('new_todos', models.CharField(choices=[('bottom', 'To the end'), ('top', 'To the top')], default='bottom', max_length=6, verbose_name='new todos go')),
                ('reminder_hour', models.PositiveSmallIntegerField(default=9, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(23)], verbose_name='reminder hour')),
                ('reminders', models.BooleanField(default=True, verbose_name='reminders by mail')),
                ('digest', models.BooleanField(default=False, verbose_name='daily digest')),
                ('digest_hour', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(23)], verbose_name='digest at')),
                ('tell_assigned', models.CharField(choices=[('now', 'At once'), ('digest', 'In the digest'), ('never', 'Never')], default='now', max_length=6, verbose_name='Mail when somebody gives you a todo')),
                ('tell_invited', models.CharField(choices=[('now', 'At once'), ('digest', 'In the digest'), ('never', 'Never')], default='now', max_length=6, verbose_name='Mail when somebody invites you')),
                ('tell_role', models.CharField(choices=[('now', 'At once'), ('digest', 'In the digest'), ('never', 'Never')], default='now', max_length=6, verbose_name='Mail when your role in a list changes')),
                ('tell_removed', models.CharField(choices=[('now', 'At once'), ('digest', 'In the digest'), ('never', 'Never')], default='now', max_length=6, verbose_name='Mail when somebody takes you out of a list')),
                ('tell_answered', models.CharField(choices=[('now', 'At once'), ('digest', 'In the digest'), ('never', 'Never')], default='now', max_length=6, verbose_name='Mail when your invitation is answered')),
                ('shortcuts', models.BooleanField(default=True, verbose_name='single-key shortcuts')),
                ('hints', models.BooleanField(default=True, verbose_name='examples for the first todo')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='todos_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'preferences',
                'verbose_name_plural': 'preferences',
                'constraints': [check_constraint(check=models.Q(('theme__in', ['system', 'light', 'dark'])), name='todos_preferences_theme'), check_constraint(check=models.Q(('day_order__in', ['', 'day', 'month'])), name='todos_preferences_day_order'), check_constraint(check=models.Q(('hour_cycle__in', ['', '12', '24'])), name='todos_preferences_hour_cycle'), check_constraint(check=models.Q(('new_todos__in', ['bottom', 'top'])), name='todos_preferences_new'), check_constraint(check=models.Q(('tell_answered__in', ['now', 'digest', 'never']), ('tell_assigned__in', ['now', 'digest', 'never']), ('tell_invited__in', ['now', 'digest', 'never']), ('tell_removed__in', ['now', 'digest', 'never']), ('tell_role__in', ['now', 'digest', 'never'])), name='todos_preferences_tell'), check_constraint(check=models.Q(('reminder_hour__lte', 23)), name='todos_preferences_hour'), check_constraint(check=models.Q(('digest_hour__lte', 23)), name='todos_preferences_digest_hour'), check_constraint(check=models.Q(('week_start', None), ('week_start__lte', 6), _connector='OR'), name='todos_preferences_week')],
            },
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('todo_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.todolist')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'pinned list',
                'verbose_name_plural': 'pinned lists',
                'constraints': [models.UniqueConstraint(fields=('user', 'todo_list'), name='todos_pin_once')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('role', models.CharField(choices=[('viewer', 'Viewer'), ('editor', 'Editor'), ('owner', 'Owner')], default='editor', max_length=10, verbose_name='role')),
                ('color', models.CharField(choices=[('grey', 'Grey'), ('red', 'Red'), ('orange', 'Orange'), ('amber', 'Amber'), ('green', 'Green'), ('teal', 'Teal'), ('blue', 'Blue'), ('violet', 'Violet'), ('pink', 'Pink')], default='grey', max_length=10, verbose_name='colour')),
                ('position', models.BigIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('todo_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='django_todos.todolist')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='todos_memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'indexes': [models.Index(fields=['user', 'position'], name='todos_member_order')],
                'constraints': [models.UniqueConstraint(fields=('todo_list', 'user'), name='todos_member_once'), check_constraint(check=models.Q(('role__in', ['viewer', 'editor', 'owner'])), name='todos_member_role'), check_constraint(check=models.Q(('color__in', ['grey', 'red', 'orange', 'amber', 'green', 'teal', 'blue', 'violet', 'pink'])), name='todos_member_color')],
            },
        ),
        migrations.AddIndex(
            model_name='label',
            index=models.Index(fields=['key'], name='todos_label_key'),
        ),
        migrations.AddConstraint(
            model_name='label',
            constraint=models.UniqueConstraint(fields=('todo_list', 'key'), name='todos_label_once'),
        ),
        migrations.AddConstraint(
            model_name='label',
            constraint=check_constraint(check=models.Q(('name', ''), _negated=True), name='todos_label_has_name'),
        ),
        migrations.AddConstraint(
            model_name='label',
            constraint=check_constraint(check=models.Q(('color__in', ['grey', 'red', 'orange', 'amber', 'green', 'teal', 'blue', 'violet', 'pink'])), name='todos_label_color'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['key', 'created_at'], name='todos_invitation_to'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['invited_by', 'created_at'], name='todos_invitation_from'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(condition=models.Q(('ending', '')), fields=('todo_list', 'key'), name='todos_invitation_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=check_constraint(check=models.Q(('role__in', ['viewer', 'editor'])), name='todos_invitation_role'),
        ),
        migrations.CreateModel(
            name='ImportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('records', models.JSONField(default=list)),
                ('links', models.JSONField(default=dict)),
                ('whole', models.JSONField(default=list)),
                ('action', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='django_todos.action')),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.importdraft')),
            ],
            options={
                'verbose_name': 'part of an import',
                'verbose_name_plural': 'parts of an import',
                'constraints': [models.UniqueConstraint(fields=('draft', 'number'), name='todos_import_part_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportedFrom',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=30)),
                ('key', models.CharField(max_length=255)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('todo', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='django_todos.todo')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import origin',
                'verbose_name_plural': 'import origins',
                'constraints': [models.UniqueConstraint(fields=('user', 'source', 'key'), name='todos_imported_once')],
            },
        ),
        migrations.AddIndex(
            model_name='importdraft',
            index=models.Index(fields=['created_at'], name='todos_draft_age'),
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('todo_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.todolist')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'calendar feed',
                'verbose_name_plural': 'calendar feeds',
                'constraints': [models.UniqueConstraint(fields=('user', 'todo_list'), name='todos_feed_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120, unique=True)),
                ('claimed_by', models.UUIDField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('try_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('given_up_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(fields=['created_at'], name='todos_delivery_age')],
                'constraints': [check_constraint(check=models.Q(('sent_at', None), ('given_up_at', None), _connector='OR'), name='todos_delivery_one_end')],
            },
        ),
        migrations.CreateModel(
            name='Completion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.CharField(max_length=20, null=True)),
                ('kind', models.CharField(choices=[('completed', 'completed'), ('skipped', 'skipped')], default='completed', max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_date', models.DateField(null=True)),
                ('due_time', models.TimeField(null=True)),
                ('due_tz', models.CharField(blank=True, max_length=64)),
                ('undone_at', models.DateTimeField(null=True)),
                ('todo', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='completions', to='django_todos.todo')),
                ('todo_list', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='django_todos.todolist')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'completion',
                'verbose_name_plural': 'completions',
                'indexes': [models.Index(fields=['todo_list', '-at', '-id'], name='todos_completion_recent')],
                'constraints': [models.UniqueConstraint(fields=('todo', 'key'), name='todos_completion_once'), check_constraint(check=models.Q(models.Q(('key', None), ('undone_at__isnull', False)), models.Q(('key__isnull', False), ('undone_at', None)), _connector='OR'), name='todos_completion_undone'), check_constraint(check=models.Q(('kind__in', ['completed', 'skipped'])), name='todos_completion_kind')],
            },
        ),
        migrations.AddIndex(
            model_name='action',
            index=models.Index(fields=['user', 'created_at'], name='todos_action_recent'),
        ),
        migrations.AddIndex(
            model_name='action',
            index=models.Index(fields=['created_at'], name='todos_action_age'),
        ),
        migrations.RunPython(make_search_indexes, drop_search_indexes, elidable=False),
    ]
