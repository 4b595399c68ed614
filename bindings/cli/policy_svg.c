/* Text and shapes of a drawing. Trust: text may be a person's title, so it is escaped here. */

#include <string.h>

#include "policy_svg.h"

/* Bytes of the character at @p text; broken UTF-8 was refused when the document was loaded. */
static int character(const char *text, unsigned *value)
{
    unsigned char lead = (unsigned char)*text;
    int len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    *value = len == 1 ? lead : lead & (0xFFu >> (len + 1));
    for (int i = 1; i < len; i++) {
        if (((unsigned char)text[i] & 0xC0) != 0x80) {
            *value = 0xFFFE;
            return 1;
        }
        *value = *value << 6 | ((unsigned char)text[i] & 0x3F);
    }
    return len;
}

/* What XML forbids, and what turns a line around. */
static bool unwelcome(unsigned c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0xFFFE && c <= 0xFFFF) || c == 0x61C ||
           c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static void escape_bytes(FILE *out, const char *text, size_t size)
{
    for (const char *end = text + size; text < end;) {
        unsigned c;
        int len = character(text, &c);
        const char *name = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : NULL;
        name = c == '"' ? "&quot;" : name;
        if (name != NULL)
            fputs(name, out);
        else if (unwelcome(c))
            fputc('?', out);
        else
            fwrite(text, 1, (size_t)len, out);
        text += len;
    }
}

void svg_escape(FILE *out, const char *text)
{
    escape_bytes(out, text, strlen(text));
}

/* Hundredths of the font's size that ' ' to '~' take, bold. */
static const unsigned char widths[] = {
    35, 46,  53, 84, 70, 101, 88, 31,  46, 46, 53, 84, 38, 42,  38, 37, 70, 70,  70,
    70, 70,  70, 70, 70, 70,  70, 40,  40, 84, 84, 84, 58, 100, 78, 77, 74, 83,  69,
    69, 82,  84, 38, 38, 78,  64, 100, 84, 85, 74, 85, 77, 72,  69, 82, 78, 111, 77,
    73, 73,  46, 37, 46, 84,  50, 50,  68, 72, 60, 72, 68, 44,  72, 72, 35, 35,  67,
    35, 105, 72, 69, 72, 72,  50, 60,  48, 72, 66, 93, 65, 66,  59, 72, 37, 72,  84};

static int bytes_width(const char *text, size_t size, svg_style style)
{
    int sum = 0;
    for (const char *end = text + size; text < end;) {
        unsigned c;
        text += character(text, &c);
        sum += c >= ' ' && c <= '~' ? widths[c - ' '] : 100;
    }
    return sum * style.size * (style.bold ? 100 : 94) / 10000 + 1;
}

int svg_width(const char *text, svg_style style)
{
    return bytes_width(text, strlen(text), style);
}

static void open_text(FILE *out, int x, int y, int side, svg_style style)
{
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    fprintf(out, "<text x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"%s\"%s%s>", x, y, style.size,
            style.fill, style.bold ? " font-weight=\"bold\"" : "", anchors[side]);
}

void svg_text(FILE *out, int x, int y, int side, svg_style style, const char *text)
{
    open_text(out, x, y, side, style);
    svg_escape(out, text);
    fputs("</text>\n", out);
}

/* As many bytes as fit, whole characters. */
static size_t fitting(const char *text, size_t size, int width, svg_style style)
{
    size_t len = 0;
    while (len < size) {
        unsigned c;
        size_t next = len + (size_t)character(text + len, &c);
        if (bytes_width(text, next, style) > width)
            break;
        len = next;
    }
    return len;
}

void svg_fit(FILE *out, int x, int y, int side, int width, svg_style style, const char *text,
             size_t tail)
{
    size_t size = strlen(text);
    if (bytes_width(text, size, style) <= width) {
        svg_text(out, x, y, side, style, text);
        return;
    }
    size_t last = tail < size ? tail : 0;
    int rest = width - style.size - bytes_width(text + size - last, last, style);
    open_text(out, x, y, side, style);
    escape_bytes(out, text, fitting(text, size, rest, style));
    fputs("\xE2\x80\xA6", out);
    escape_bytes(out, text + size - last, last);
    fputs("</text>\n", out);
}

/* Bytes of the next line: up to a space, or as much of a long word as fits. */
static size_t next_line(const char *text, int width, svg_style style)
{
    size_t len = 0;
    for (size_t at = 0;; at++) {
        if (text[at] != ' ' && text[at] != '\0')
            continue;
        if (bytes_width(text, at, style) > width)
            break;
        len = at;
        if (text[at] == '\0')
            break;
    }
    unsigned c;
    if (len == 0)
        len = fitting(text, strlen(text), width, style);
    return len > 0 ? len : (size_t)character(text, &c);
}

int svg_lines(FILE *out, int x, int y, int width, svg_style style, const char *text)
{
    int count = 0;
    while (*text != '\0') {
        size_t len = next_line(text, width, style);
        if (out != NULL) {
            open_text(out, x, y + count * style.size * 4 / 3, SVG_LEFT, style);
            escape_bytes(out, text, len);
            fputs("</text>\n", out);
        }
        count++;
        text += len;
        text += *text == ' ';
    }
    return count;
}

void svg_rect(FILE *out, int x, int y, int w, int h, int round, const char *fill,
              const char *stroke)
{
    fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"", x, y, w, h,
            fill);
    if (round > 0)
        fprintf(out, " rx=\"%d\"", round);
    if (stroke != NULL)
        fprintf(out, " stroke=\"%s\"", stroke);
    fputs("/>\n", out);
}

void svg_line(FILE *out, int x1, int y1, int x2, int y2, const char *stroke, int width)
{
    fprintf(out,
            "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"%d\"/>\n",
            x1, y1, x2, y2, stroke, width);
}
