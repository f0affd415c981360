-- Every macro that hides a difference between the engines, on literals. A build on any engine proves the layer.
with answers as (
    select
        'map_get finds a key' as question,
        {{ map_get("map(array['k'], array['v'])", 'k') }} as answer,
        'v' as expected
    union all
    select
        'map_get on a missing key is null' as question,
        {{ map_get("map(array['k'], array['v'])", 'other') }} as answer,
        cast(null as varchar) as expected
    union all
    select
        'key_but_for_case finds a key in another case' as question,
        {{ key_but_for_case("map(array['user_Team', 'Own'], array['a', 'b'])", ['team', 'user_team']) }} as answer,
        'user_Team' as expected
    union all
    select
        'key_but_for_case leaves the key itself' as question,
        {{ key_but_for_case("map(array['user_team', 'owner'], array['a', 'b'])", ['team', 'user_team']) }} as answer,
        cast(null as varchar) as expected
    union all
    select
        'joined_values of nothing is null' as question,
        {{ joined_values(['cast(null as varchar)', 'cast(null as varchar)']) }} as answer,
        cast(null as varchar) as expected
    union all
    select
        'told_value takes one of the joined values' as question,
        {{ told_value(joined_values(["'a'", 'cast(null as varchar)', "'c'"]), 3) }} as answer,
        'c' as expected
    union all
    select
        'told_value of none is null' as question,
        {{ told_value(joined_values(["'a'", 'cast(null as varchar)', "'c'"]), 2) }} as answer,
        cast(null as varchar) as expected
    union all
    select
        'count_starts tells moments of one day apart, of the full hour or not' as question,
        cast({{ count_starts('starts.moment') }} as varchar) as answer,
        '4' as expected
    from (
        values
        (timestamp '2026-02-28 00:00:00'),
        (timestamp '2026-02-28 23:00:00'),
        (timestamp '2026-02-28 23:00:00'),
        (timestamp '2026-02-28 23:00:01'),
        (timestamp '2026-02-28 23:15:00'),
        (timestamp '2026-02-28 23:15:00')
    ) as starts (moment)
    union all
    select
        'text_after takes what follows the first separator' as question,
        {{ text_after("'BoxUsage:m5.large'", ':') }} as answer,
        'm5.large' as expected
    union all
    select
        'text_after without a separator is null' as question,
        {{ text_after("'BoxUsage'", ':') }} as answer,
        cast(null as varchar) as expected
    union all
    select
        'text_before takes what precedes the first separator' as question,
        {{ text_before("'m5.large'", '.') }} as answer,
        'm5' as expected
    union all
    select
        'month_of prints year and month' as question,
        {{ month_of("timestamp '2026-02-28 23:00:00'") }} as answer,
        '2026-02' as expected
    union all
    select
        'hours_between counts part hours' as question,
        cast(
            cast(
                {{ hours_between("timestamp '2026-02-01 00:00:00'", "timestamp '2026-02-02 01:30:00'") }} * 10 as bigint
            ) as varchar
        )
            as answer,
        '255' as expected
    union all
    select
        'first_tag passes over blank tags' as question,
        {{ first_tag("map(array['user_owner', 'user_team'], array['', 'web'])", ['user_owner', 'user_team']) }}
            as answer,
        'web' as expected
    union all
    select
        'estimated_money keeps four places' as question,
        cast({{ estimated_money('cast(1.000049 as double)') }} as varchar) as answer,
        '1.0000000000' as expected
    union all
    select
        'map_to_json writes keys in order' as question,
        {{ map_to_json("map(array['b', 'a'], array['say \"x\"', ''])") }} as answer,
        '{"a":"","b":"say \"x\""}' as expected
    union all
    select
        'map_to_json of an empty map is an empty object' as question,
        {{ map_to_json("cast(map(array[], array[]) as map(varchar, varchar))") }} as answer,
        '{}' as expected
    union all
    select
        'map_total adds the numbers of a map' as question,
        cast(
            cast(
                {{ map_total("map(array['a', 'b'], array[cast(-1.5 as double), cast(0.25 as double)])") }}
                as decimal(10, 2)
            ) as varchar
        ) as answer,
        '-1.25' as expected
    union all
    select
        'map_total of no map is null' as question,
        cast({{ map_total("cast(null as map(varchar, double))") }} as varchar) as answer,
        cast(null as varchar) as expected
)

select * from answers
