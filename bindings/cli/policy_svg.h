#ifndef TRUSTCTL_POLICY_SVG_H
#define TRUSTCTL_POLICY_SVG_H

/* Text and shapes of a drawing, in whole units so that equal drawings are equal bytes. Fonts differ
 * from viewer to viewer: widths are those of a wide one, so that text which fits here fits there.
 */

#include <stdbool.h>
#include <stdio.h>

typedef struct svg_style {
    int size; /* of the font */
    bool bold;
    const char *fill; /* "#223344" */
} svg_style;

enum { SVG_LEFT, SVG_MIDDLE, SVG_RIGHT };

/* Foreign text as XML: markup escaped, what XML 1.0 forbids replaced. */
void svg_escape(FILE *out, const char *text);
/* How wide a text is at most. */
int svg_width(const char *text, svg_style style);
/* One line; @p y is its base line. */
void svg_text(FILE *out, int x, int y, int side, svg_style style, const char *text);
/* The same, cut to @p width with an ellipsis, before so many last bytes where there are more. */
void svg_fit(FILE *out, int x, int y, int side, int width, svg_style style, const char *text,
             size_t tail);
/* Lines below one another, broken between words. Gives how many they are; @p out may be NULL. */
int svg_lines(FILE *out, int x, int y, int width, svg_style style, const char *text);
void svg_rect(FILE *out, int x, int y, int w, int h, int round, const char *fill,
              const char *stroke);
void svg_line(FILE *out, int x1, int y1, int x2, int y2, const char *stroke, int width);

#endif
