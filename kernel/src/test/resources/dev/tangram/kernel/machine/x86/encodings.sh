#!/bin/sh
# Makes encodings.txt, one "hex bytes<TAB>text" a line, with the GNU assembler (binutils).
# Compile the kernel module's tests first. Usage: encodings.sh KERNEL/target
set -eu
here=$(CDPATH='' cd -P -- "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${JAVA_HOME:?the JDK that compiled them}/bin/java" --add-modules jdk.incubator.vector -cp "$1/classes:$1/test-classes" \
  dev.tangram.kernel.machine.x86.Encodings >"$work/texts"
as -o "$work/all.o" "$work/texts"
# One instruction is one line; objdump -w keeps it on one line, with its bytes before a tab.
objdump -d -w "$work/all.o" | sed -n 's/^ *[0-9a-f]*:\t\([0-9a-f ]*[0-9a-f]\) *\t.*/\1/p; s/^ *[0-9a-f]*:\t\([0-9a-f ]*[0-9a-f]\) *$/\1/p' |
  tr -d ' ' >"$work/bytes"
test "$(wc -l <"$work/bytes")" = "$(wc -l <"$work/texts")"
paste "$work/bytes" "$work/texts" | gzip -9n >"$here/encodings.txt.gz"
