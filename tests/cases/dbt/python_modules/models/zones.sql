{% set dt = modules.datetime %}
{% set la = modules.pytz.timezone(var('zone')) %}
{% set winter = la.localize(dt.datetime(2024, 1, 15, 12)) %}
{% set summer = la.localize(dt.datetime(2024, 7, 15, 12)) %}
select '''
{{ la }} {{ la.zone }} {{ winter }} {{ summer }} {{ summer.strftime('%Z %z') }} {{ winter.tzname() }} {{ summer.utcoffset() }}
{{ dt.datetime(1997, 9, 29, 6, 14, tzinfo=la) }} {{ dt.datetime(2024, 7, 1, tzinfo=modules.pytz.utc) }}
{{ summer.astimezone(modules.pytz.timezone('Europe/Berlin')) }} {{ summer.astimezone(modules.pytz.utc).isoformat() }}
{{ summer - winter }} {{ winter < summer }} {{ (winter + dt.timedelta(days=180)) }} {{ la.normalize(winter + dt.timedelta(days=180)) }}
{{ la.localize(dt.datetime(2024, 11, 3, 1, 30)) }} {{ la.localize(dt.datetime(2024, 11, 3, 1, 30), is_dst=true) }} {{ la.localize(dt.datetime(2024, 3, 10, 2, 30)) }}
{{ run_started_at.tzinfo }} {{ run_started_at.strftime('%Y') | int > 2000 }} {{ run_started_at.astimezone(la) < dt.datetime.now(la) }}
{{ modules.pytz.timezone('UTC').localize(dt.datetime(2024, 1, 1)).timestamp() }}
''' as a
union all select '''
{% set plain = dt.datetime.fromisoformat('2024-03-05T07:08:09+02:00') %}
{{ plain }} {{ plain.tzinfo }} {{ plain.tzname() }} {{ plain.tzinfo is none }} {{ dt.datetime.fromisoformat('2024-03-05').tzinfo is none }}
{{ dt.datetime.strptime('2024-01-01 +0530', '%Y-%m-%d %z') }}
'''
