#!/bin/sh
# Makes encodings.txt.gz, one "hex bytes<TAB>text" a line, with the GNU assembler for AArch64
# (Debian: binutils-aarch64-linux-gnu). Compile the kernel module's tests first.
# Usage: encodings.sh KERNEL/target
set -eu
here=$(CDPATH='' cd -P -- "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${JAVA_HOME:?the JDK that compiled them}/bin/java" --add-modules jdk.incubator.vector -cp "$1/classes:$1/test-classes" \
  dev.tangram.kernel.machine.arm.Encodings >"$work/texts"
aarch64-linux-gnu-as -march=armv8.2-a+dotprod -o "$work/all.o" "$work/texts"
# One instruction is four bytes.
aarch64-linux-gnu-objcopy -O binary -j .text "$work/all.o" "$work/all"
od -An -v -t x1 -w4 "$work/all" | tr -d ' ' >"$work/bytes"
test "$(wc -l <"$work/bytes")" = "$(wc -l <"$work/texts")"
paste "$work/bytes" "$work/texts" | gzip -9n >"$here/encodings.txt.gz"
{
  aarch64-linux-gnu-as --version | head -n 1
  cat <<'TEXT'
encodings.txt.gz holds what this assembler (GNU binutils, a program; its output is ours) made of the
texts of Encodings.java; encodings.sh makes it anew.
TEXT
} >"$here/SOURCE.txt"
