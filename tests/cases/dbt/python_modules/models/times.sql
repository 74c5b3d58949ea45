{% set dt = modules.datetime %}
{% set day = dt.date(2024, 2, 28) %}
{% set when = dt.datetime(2024, 3, 9, 23, 5, 6, 7) %}
select '''
{{ day }} {{ day.year }}-{{ day.month }} {{ day + dt.timedelta(days=2) }} {{ (day - dt.date(2023, 1, 1)).days }}
{{ day.strftime('%Y/%m/%d %j %a %A %b %B %y %U %W %V %G %u %w %%') }} {{ day.isoformat() }} {{ day.weekday() }} {{ day.isoweekday() }}
{{ when }} {{ when.isoformat() }} {{ when.date() }} {{ when.time() }} {{ when.hour }} {{ when.microsecond }}
{{ when.strftime('%H:%M:%S.%f %I %p %-d %-m [%z] [%Z]') }} {{ when.replace(hour=1, microsecond=0) }}
{{ dt.datetime.strptime('2024-03-05 07:08:09', '%Y-%m-%d %H:%M:%S') }} {{ dt.datetime.strptime('05 Mar 24 11PM', '%d %b %y %I%p') }}
{{ dt.datetime.fromisoformat('2024-03-05T07:08:09') }} {{ dt.datetime.fromisoformat('2024-03-05') }}
{{ dt.timedelta(days=1, hours=2) }} {{ dt.timedelta(hours=-1) }} {{ dt.timedelta(hours=36).total_seconds() }} {{ dt.timedelta(minutes=90) * 2 }}
{{ dt.timedelta(days=3) / dt.timedelta(days=2) }} {{ -dt.timedelta(seconds=5) }} {{ dt.timedelta(weeks=1) > dt.timedelta(days=6) }}
{{ day < dt.date(2024, 3, 1) }} {{ day == dt.date(2024, 2, 28) }} {{ when - dt.datetime(2024, 1, 1) }} {{ [day, dt.date(2020, 1, 1)] | min }}
{{ dt.datetime.now() > dt.datetime(2020, 1, 1) }} {{ dt.datetime.combine(day, dt.time(1, 2)) }} {{ dt.time(3, 4, 5) }} {{ [day, when, dt.timedelta(1)] }}
''' as a
