#ifndef TRI_CORE_REASON_H
#define TRI_CORE_REASON_H

/* The numbers of the reasons as constants: TRI_REASON_NONCE_FOREIGN and so on, from reason.def. */

enum {
#define X(number, name, severity, text, subject) TRI_REASON_##name = (number),
#include "core/reason.def"
#undef X
};

#endif
