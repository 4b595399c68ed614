# Looks for what the project needs; sourced. `needs build test` exits 4 when something is missing
# and cannot be installed here. What is already there is left alone: only root with apt installs, and
# only what is missing. Nobody is asked for a password and nothing is started.
# shellcheck shell=sh

# set | probe | Debian, Ubuntu | Fedora | Alpine | Homebrew
needs_table='
build|needs_compiler|gcc libc6-dev|gcc|gcc musl-dev|gcc
build|needs_meson|meson|meson|meson|meson
build|needs_one ninja samu|ninja-build|ninja-build|samurai|ninja
build|needs_one pkg-config|pkg-config|pkgconf-pkg-config|pkgconf|pkgconf
build|needs_library libsodium 1.0.18|libsodium-dev|libsodium-devel|libsodium-dev|libsodium
build|needs_library libcjson 1.7.15|libcjson-dev|cjson-devel|cjson-dev|cjson
build|needs_one python3|python3|python3|python3|python
test|needs_one c++|g++|gcc-c++|g++|gcc
test|needs_library check 0.15|check|check-devel|check-dev|check
all|needs_one clang|clang|clang|clang|llvm
all|needs_sanitizers|clang libclang-rt-14-dev|compiler-rt|compiler-rt|llvm
all|needs_one clang-format|clang-format|clang-tools-extra|clang-extra-tools|clang-format
all|needs_one clang-tidy|clang-tidy|clang-tools-extra|clang-extra-tools|llvm
all|needs_one cppcheck|cppcheck|cppcheck|cppcheck|cppcheck
all|needs_one shellcheck|shellcheck|ShellCheck|shellcheck|shellcheck
all|needs_one gcovr|gcovr|gcovr|gcovr|gcovr
all|needs_one valgrind|valgrind|valgrind|valgrind|valgrind
all|needs_one abidw|abigail-tools|libabigail|libabigail|libabigail
all|needs_one git|git|git|git|git
all|needs_one patch|patch|patch|patch|gpatch
all|needs_venv|python3-venv python3-dev|python3-devel|python3-dev|python
all|needs_one go|golang-go|golang|go|go
all|needs_file /usr/share/i18n/locales/de_DE|locales|glibc-locale-source|-|-
all|needs_m32|lib32gcc-12-dev libc6-dev-i386|glibc-devel.i686 libgcc.i686|-|-
all|needs_one musl-gcc|musl-tools|musl-gcc|-|musl-cross
all|needs_one aarch64-linux-gnu-gcc|gcc-aarch64-linux-gnu libc6-dev-arm64-cross|gcc-aarch64-linux-gnu|gcc-aarch64-none-elf|-
all|needs_one arm-linux-gnueabihf-gcc|gcc-arm-linux-gnueabihf libc6-dev-armhf-cross|gcc-arm-linux-gnu|gcc-arm-none-eabi|-
all|needs_one s390x-linux-gnu-gcc|gcc-s390x-linux-gnu libc6-dev-s390x-cross|gcc-s390x-linux-gnu|-|-
all|needs_one qemu-s390x qemu-s390x-static|qemu-user|qemu-user|qemu-s390x|qemu
full|needs_one debootstrap|debootstrap|debootstrap|debootstrap|-
bench|needs_library luajit 2.1|libluajit-5.1-dev|luajit-devel|luajit-dev|luajit
bench|needs_library muparser 2.2|libmuparser-dev|muParser-devel|muparser-dev|muparser
'

needs_one()
{
    for needs_command; do
        command -v "$needs_command" >/dev/null 2>&1 && return
    done
    return 1
}

needs_file()
{
    [ -e "$1" ]
}

needs_library()
{
    pkg-config --exists "$1 >= $2" 2>/dev/null
}

# Not only the command: a compiler without the C library's headers builds nothing.
needs_compiler()
{
    printf '#include <stdio.h>\n' | ${CC:-cc} -E - >/dev/null 2>&1
}

needs_m32()
{
    [ "$(uname -m)" != x86_64 ] ||
        printf '#include <stdio.h>\n' | ${CC:-cc} -m32 -E - >/dev/null 2>&1
}

needs_sanitizers()
{
    [ -n "$(find "$(clang --print-resource-dir 2>/dev/null)/lib" -name 'libclang_rt.fuzzer*' 2>/dev/null)" ]
}

# To make environments in it, and to build for it.
needs_venv()
{
    python3 -c 'import ensurepip, os, sysconfig as s
raise SystemExit(not os.path.exists(s.get_path("include") + "/Python.h"))' 2>/dev/null
}

needs_meson()
{
    case $(meson --version 2>/dev/null) in
    '' | 0.*) return 1 ;;
    esac
}

# The packages of one system (a column of the table) that are missing from the given sets.
needs_missing()
{
    needs_column=$1
    shift
    printf '%s' "$needs_table" | while IFS='|' read -r needs_set needs_probe apt dnf apk brew; do
        case " $* " in
        *" $needs_set "*) ;;
        *) continue ;;
        esac
        # A probe is a function and its arguments.
        $needs_probe && continue
        case $needs_column in
        apt) printf '%s\n' "$apt" ;;
        dnf) printf '%s\n' "$dnf" ;;
        apk) printf '%s\n' "$apk" ;;
        brew) printf '%s\n' "$brew" ;;
        esac
    done | tr ' ' '\n' | awk '$1 != "-" && !seen[$1]++' | tr '\n' ' ' | sed 's/ $//'
}

needs_apt()
{
    echo "installing: $1"
    export DEBIAN_FRONTEND=noninteractive
    # The list is split into words on purpose.
    # shellcheck disable=SC2086
    apt-get -qq update && apt-get -qq install -y --no-install-recommends $1 >/dev/null
}

needs()
{
    needs_list=$(needs_missing apt "$@")
    [ -n "$needs_list" ] || return 0
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        needs_apt "$needs_list" || exit 4
        needs_list=$(needs_missing apt "$@")
        [ -n "$needs_list" ] || return 0
        echo "still missing after installing: $needs_list" >&2
        exit 4
    fi
    {
        echo "missing; install it with the line of your system and run this again:"
        echo "  apt-get install --no-install-recommends $needs_list"
        echo "  dnf install $(needs_missing dnf "$@")"
        echo "  apk add $(needs_missing apk "$@")"
        echo "  brew install $(needs_missing brew "$@")"
    } >&2
    exit 4
}
