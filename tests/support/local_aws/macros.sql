-- Small answers of Trino's that DuckDB gives otherwise.
create macro trino_whole_divide(a, b) as case when b = 0 then error('DIVISION_BY_ZERO: Division by zero') else a // b end;
create macro trino_whole_rest(a, b) as case when b = 0 then error('DIVISION_BY_ZERO: Division by zero') else a % b end;
create macro trino_decimal_rest(a, b) as case when b = 0 then error('DIVISION_BY_ZERO: Division by zero') else a % b end;
create macro trino_round_half_up(n, d) as
    case when (n < 0) = (d < 0) then (2 * abs(n) + abs(d)) // (2 * abs(d)) else -((2 * abs(n) + abs(d)) // (2 * abs(d))) end;
create macro trino_decimal_divide(a, b, shift) as
    case when b = 0 then error('DIVISION_BY_ZERO: Division by zero') else trino_round_half_up(a * shift, b) end;
-- A number's text without an exponent below nought, which DuckDB rounds otherwise: 5e-12 is 0.000000000005.
create macro trino_plain_digits(text) as
    case when strpos(text, 'e-') = 0 then text
    else case when text[1] = '-' then '-' else '' end || '0.'
        || repeat('0', cast(split_part(text, 'e-', 2) as integer) - 1)
        || replace(replace(split_part(text, 'e-', 1), '.', ''), '-', '') end;
create macro trino_round_time(t, unit) as
    cast(make_timestamp(((epoch_us(t) + unit // 2) // unit) * unit) as timestamp);
create macro trino_timestamp_text(t, digits) as
    case when digits = 0 then strftime(t, '%Y-%m-%d %H:%M:%S')
    else substr(strftime(t, '%Y-%m-%d %H:%M:%S.%f') || '000000', 1, 20 + digits) end;
create macro trino_checked_cast(text, form, made, kind) as
    case
        when text is null or regexp_full_match(text, form) then made
        else error('INVALID_CAST_ARGUMENT: Cannot cast ''' || text || ''' to ' || kind)
    end;
create macro trino_map_json(m) as
    case when m is not null then cast(to_json(map_from_entries(list_sort(map_entries(m)))) as json) end;
create macro trino_at_key(m, k) as
    case when map_contains(m, k) or m is null or k is null then m[k]
    else error('INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || cast(k as varchar)) end;
create macro trino_at_index(a, i) as
    case
        when i > len(a) then error('INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: ' || cast(i as varchar) || ' > ' || cast(len(a) as varchar))
        when i = 0 then error('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1')
        when i < 0 then error('INVALID_FUNCTION_ARGUMENT: Array subscript is negative: ' || cast(i as varchar))
        else a[i]
    end;
create macro trino_split_part(s, d, i) as
    case
        when i < 1 then error('INVALID_FUNCTION_ARGUMENT: Index must be greater than zero')
        when i <= len(string_split(s, d)) then string_split(s, d)[i]
    end;
create macro trino_regexp_extract(s, p, g) as
    case when regexp_matches(s, p) then regexp_extract(s, p, g) end;
create macro trino_truncate(x) as case when x < 0 then ceil(x) else floor(x) end;
create macro trino_substr(s, start) as
    case when start = 0 or abs(start) > length(s) then case when s is not null then '' end else substr(s, start) end;
create macro trino_substr_of(s, start, n) as
    case when start = 0 or abs(start) > length(s) or n <= 0 then case when s is not null then '' end else substr(s, start, n) end;
create macro trino_tried_cast(text, form, made, kind) as case when regexp_full_match(text, form) then made end;
create macro trino_sequence(made) as
    case when len(made) > 10000 then error('INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries')
    else made end;
create macro trino_fitting_text(text, most) as
    case when length(text) <= most or text is null then text
    else error('INVALID_CAST_ARGUMENT: Cannot truncate non-space characters when casting to varchar(' || cast(most as varchar) || ') on INSERT') end;
