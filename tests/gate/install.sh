#!/bin/sh
# The library as others use it: installed below DESTDIR and found with pkg-config, shared and static;
# as a meson subproject; and built without tests, with the same symbols.
. "$(dirname "$0")/../support/gate.sh"
make_scratch
root=$PWD

install_below "$scratch/root"
for file in include/trust/trust.h include/trust/version.h lib/libtrust.so lib/libtrust.a \
    lib/libtrust-attest.a lib/pkgconfig/libtrust.pc lib/pkgconfig/libtrust-attest.pc; do
    [ -e "$scratch/root/usr/$file" ] || fail "not installed: $file"
done
tests/gate/symbols.sh build build/also/install
tests/gate/imports.sh build/also/install/lib/libtrust.so

mkdir "$scratch/user"
cat >"$scratch/user/main.c" <<'END'
#include <trust/trust.h>
#include <string.h>

int main(void)
{
    trust_time time;
    return strcmp(trust_version(), TRUST_VERSION_STRING) != 0 ||
           trust_time_parse("2026-11-23T00:00:00Z", 20, &time) != TRUST_OK;
}
END
cat >"$scratch/user/firmware.c" <<'END'
#include <trust/attest.h>

int main(void)
{
    trust_attest_claims claims = TRUST_ATTEST_CLAIMS_INIT;
    trust_attest_key key = {0};
    uint8_t token[TRUST_ATTEST_MAX_TOKEN];
    size_t len;
    return trust_attest_make(&claims, &key, token, sizeof token, &len) != TRUST_E_ARGUMENT;
}
END
# Flags are words.
# shellcheck disable=SC2046
{
    cc -std=c99 -Werror "$scratch/user/main.c" -o "$scratch/shared" $(pkg-config --cflags --libs libtrust)
    LD_LIBRARY_PATH="$scratch/root/usr/lib" "$scratch/shared" || fail "the program on libtrust.so fails"
    # Debian has no static libcjson, so only our own library is static here.
    cc -std=c99 "$scratch/user/main.c" -o "$scratch/static" $(pkg-config --cflags libtrust) \
        $(pkg-config --static --libs libtrust | sed 's/-ltrust\b/-l:libtrust.a/')
    cc -std=c99 -Werror "$scratch/user/firmware.c" -o "$scratch/firmware" \
        $(pkg-config --cflags --libs libtrust-attest)
    # The build tree by itself, as a binding under development finds it.
    cc -std=c99 -Werror "$scratch/user/firmware.c" -o "$scratch/uninstalled" \
        $(PKG_CONFIG_PATH=build/also/install/meson-uninstalled pkg-config --cflags --libs libtrust-attest)
}
"$scratch/static" || fail "the program on libtrust.a fails"
"$scratch/firmware" || fail "the program on libtrust-attest.a fails"
"$scratch/uninstalled" || fail "the program on libtrust-attest.a of the build tree fails"
for program in static firmware uninstalled; do
    ! ldd "$scratch/$program" | grep -q libtrust || fail "the $program program takes libtrust.so"
done

mkdir "$scratch/user/subprojects"
ln -s "$root" "$scratch/user/subprojects/libtrust"
cat >"$scratch/user/meson.build" <<'END'
project('user', 'c', meson_version: '>=1.0.0')
trust = dependency('libtrust', fallback: 'libtrust')
attest = dependency('libtrust-attest', fallback: 'libtrust')
test('user', executable('user', 'main.c', dependencies: trust))
test('firmware', executable('firmware', 'firmware.c', dependencies: attest))
END
meson setup "$scratch/user/build" "$scratch/user" --wrap-mode=forcefallback >/dev/null
meson test -C "$scratch/user/build" >"$scratch/log" 2>&1 || {
    cat "$scratch/log"
    fail "the subproject fails"
}
# A guest brings its libraries, no programs and no tests.
! find "$scratch/user/build" -name trustctl | grep -q . || fail "the subproject builds trustctl"
echo "installed, linked shared and static, and built as a subproject"
