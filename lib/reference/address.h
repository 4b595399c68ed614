#ifndef TRI_REFERENCE_ADDRESS_H
#define TRI_REFERENCE_ADDRESS_H

/* Addresses from the inside. */

#include <stdbool.h>

#include <trust/table.h>

/** Room for the text of any address and its NUL. */
#define TRI_ADDRESS_TEXT 46u

/** The 16 bytes are an IPv4 address in its mapped form. */
bool tri_address_is_ipv4(const uint8_t bytes[16]);

#endif
