# Sourced by tangram and check: finds a JDK without starting one.
#
#   find_jdk [javac]   sets JDK to the home of a JDK $JDK_MIN or newer and JDK_VERSION to its version; with "javac", one
#                      that can compile.
#                      Order: JAVA_HOME, the java in PATH, then the usual folders of installers, the oldest that will do
#                      first (it is the one Tangram is tested with). Returns 1 if there is none.
#   no_jdk             says in one line what to install and exits with 2.
#
# POSIX sh, no forks on the usual path: a JDK tells its version in its "release" file.

JDK_MIN=25
JDK_INSTALL="install Temurin $JDK_MIN from https://adoptium.net (or set JAVA_HOME)"

# Sets jdk_feature to the feature release of the JDK home $1 (25 of 25.0.1), 0 if it is none.
jdk_feature_of() {
  jdk_feature=0
  [ -x "$1/bin/java" ] || [ -x "$1/bin/java.exe" ] || return 0
  jdk_version=
  if [ -r "$1/release" ]; then
    while IFS='=' read -r jdk_key jdk_value || [ -n "$jdk_key" ]; do
      [ "$jdk_key" = JAVA_VERSION ] || continue
      jdk_version=$jdk_value
      break
    done <"$1/release"
  else
    jdk_version=$("$1/bin/java" -version 2>&1 </dev/null) || return 0
    case $jdk_version in
    *\"*\"*) jdk_version=${jdk_version#*\"} ;;
    *) return 0 ;;
    esac
  fi
  jdk_version=${jdk_version#\"}
  jdk_version=${jdk_version%%\"*}
  jdk_feature=${jdk_version%%[!0-9]*}
  jdk_feature=${jdk_feature:-0}
}

# True if the JDK home $1 will do; $2 as for find_jdk.
jdk_fits() {
  jdk_feature_of "$1"
  [ "$jdk_feature" -ge "$JDK_MIN" ] || return 1
  [ "${2-}" != javac ] || [ -x "$1/bin/javac" ] || [ -x "$1/bin/javac.exe" ]
}

find_jdk() {
  if [ -n "${JAVA_HOME-}" ] && jdk_fits "$JAVA_HOME" "${1-}"; then
    JDK=$JAVA_HOME
    JDK_VERSION=$jdk_version
    return 0
  fi

  jdk_java=$(command -v java 2>/dev/null) || jdk_java=
  case $jdk_java in
  /*)
    while [ -L "$jdk_java" ]; do
      jdk_link=$(readlink "$jdk_java")
      case $jdk_link in
      /*) jdk_java=$jdk_link ;;
      *) jdk_java=${jdk_java%/*}/$jdk_link ;;
      esac
    done
    jdk_home=${jdk_java%/bin/java*}
    if jdk_fits "$jdk_home" "${1-}"; then
      JDK=$jdk_home
      JDK_VERSION=$jdk_version
      return 0
    fi
    ;;
  esac

  jdk_best=0
  # TANGRAM_JDK_ROOT is for the tests: the folders of a pretended machine.
  jdk_root=${TANGRAM_JDK_ROOT-}
  for jdk_home in \
    "$jdk_root"/usr/lib/jvm/* \
    "$jdk_root"/usr/lib64/jvm/* \
    "$jdk_root"/usr/java/* \
    "$jdk_root"/usr/local/lib/jvm/* \
    "$jdk_root"/usr/local/openjdk-* \
    "$jdk_root"/opt/* \
    "$jdk_root"/opt/*/* \
    "$jdk_root"/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "$jdk_root"/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "$jdk_root"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-}"/.sdkman/candidates/java/* \
    "${HOME-}"/.jdks/* \
    "${HOME-}"/.local/share/mise/installs/java/* \
    "${HOME-}"/.asdf/installs/java/* \
    "$jdk_root"/c/Program\ Files/Eclipse\ Adoptium/* \
    "$jdk_root"/c/Program\ Files/Java/* \
    "$jdk_root"/c/Program\ Files/Microsoft/* \
    "$jdk_root"/c/Program\ Files/Zulu/* \
    "$jdk_root"/c/Program\ Files/Amazon\ Corretto/*; do
    [ -d "$jdk_home/bin" ] || continue
    jdk_fits "$jdk_home" "${1-}" || continue
    if [ "$jdk_best" -eq 0 ] || [ "$jdk_feature" -lt "$jdk_best" ]; then
      jdk_best=$jdk_feature
      JDK=$jdk_home
      JDK_VERSION=$jdk_version
    fi
  done
  [ "$jdk_best" -ne 0 ]
}

no_jdk() {
  jdk_found=$(command -v java 2>/dev/null) || jdk_found=
  if [ -n "$jdk_found" ]; then
    echo "Tangram needs JDK $JDK_MIN or newer, and $jdk_found is older: $JDK_INSTALL." >&2
  else
    echo "Tangram needs JDK $JDK_MIN or newer, and none was found: $JDK_INSTALL." >&2
  fi
  exit 2
}
