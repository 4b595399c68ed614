/* RFC 3339 text and trust_time. Trust: text may be hostile; the calendar is proleptic Gregorian. */

#include <stdbool.h>

#include <trust/status.h>

#include "core/bytes.h"
#include "core/text.h"

#define DAY 86400

/* Days since 1970-01-01, for years 0 to 9999. The year begins in March, so that the leap day is its
 * last. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *day = of_year - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + era * 400 + (*month <= 2);
}

static bool digits(const char *text, size_t n, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* "Z" or "+hh:mm" at the end of the text, in minutes east. */
static bool read_offset(const char *text, size_t len, int64_t *minutes)
{
    int64_t hour;
    int64_t minute;
    *minutes = 0;
    if (len == 1)
        return text[0] == 'Z' || text[0] == 'z';
    if (len != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return false;
    if (!digits(text + 1, 2, &hour) || !digits(text + 4, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = (text[0] == '-' ? -1 : 1) * (hour * 60 + minute);
    return true;
}

/* RFC 3339 section 5.6. A leap second (":60") counts as the second after it. */
static bool read_rfc3339(const char *t, size_t len, trust_time *out)
{
    int64_t year, month, day, hour, minute, second, east;
    if (len < 20 || t[4] != '-' || t[7] != '-' || t[13] != ':' || t[16] != ':')
        return false;
    if (t[10] != 'T' && t[10] != 't' && t[10] != ' ')
        return false;
    if (!digits(t, 4, &year) || !digits(t + 5, 2, &month) || !digits(t + 8, 2, &day) ||
        !digits(t + 11, 2, &hour) || !digits(t + 14, 2, &minute) || !digits(t + 17, 2, &second))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    size_t i = 19;
    int64_t milli = 0;
    if (t[i] == '.') {
        int64_t unit = 100;
        size_t first = ++i;
        for (; i < len && t[i] >= '0' && t[i] <= '9'; i++, unit /= 10)
            milli += (t[i] - '0') * unit;
        if (i == first)
            return false;
    }
    if (!read_offset(t + i, len - i, &east))
        return false;
    int64_t seconds =
        days_from_civil(year, month, day) * DAY + hour * 3600 + (minute - east) * 60 + second;
    *out = seconds * 1000 + milli;
    return true;
}

trust_status trust_time_parse(const char *text, size_t len, trust_time *out)
{
    if (text == NULL || out == NULL)
        return TRUST_E_ARGUMENT;
    int64_t seconds;
    if (len >= 1 && len <= 12 && digits(text, len, &seconds)) {
        *out = seconds * 1000;
        return TRUST_OK;
    }
    trust_time time;
    if (len > 40 || !read_rfc3339(text, len, &time))
        return TRUST_E_FORMAT;
    *out = time;
    return TRUST_OK;
}

static void two(tri_text *text, int64_t value)
{
    tri_text_char(text, (char)('0' + value / 10 % 10));
    tri_text_char(text, (char)('0' + value % 10));
}

trust_status trust_time_format(trust_time time, char *out, size_t cap)
{
    if (out == NULL)
        return TRUST_E_ARGUMENT;
    tri_text text = tri_text_begin(out, cap);
    int64_t year, month, day;
    int64_t milli = time % 1000 + (time % 1000 < 0 ? 1000 : 0);
    int64_t seconds = time / 1000 - (time % 1000 < 0);
    int64_t of_day = seconds % DAY + (seconds % DAY < 0 ? DAY : 0);
    civil_from_days((seconds - of_day) / DAY, &year, &month, &day);
    if (time == TRUST_TIME_UNKNOWN) {
        tri_text_str(&text, "unknown");
    } else if (time == TRUST_TIME_NEVER || year < 0 || year > 9999) {
        tri_text_str(&text, time < 0 ? "unknown" : "never");
    } else {
        two(&text, year / 100);
        two(&text, year);
        tri_text_char(&text, '-');
        two(&text, month);
        tri_text_char(&text, '-');
        two(&text, day);
        tri_text_char(&text, 'T');
        two(&text, of_day / 3600);
        tri_text_char(&text, ':');
        two(&text, of_day / 60 % 60);
        tri_text_char(&text, ':');
        two(&text, of_day % 60);
        if (milli != 0) {
            tri_text_char(&text, '.');
            tri_text_char(&text, (char)('0' + milli / 100));
            two(&text, milli % 100);
        }
        tri_text_char(&text, 'Z');
    }
    return tri_text_end(&text, NULL);
}
