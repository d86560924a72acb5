@echo off
rem Starts Tangram on Windows. Finds a JDK, builds the jar if this is a checkout and it is missing.
rem TANGRAM_JAVA_OPTS: more flags for the JVM.
setlocal EnableExtensions
set "HERE=%~dp0"
set "JDK="

if defined JAVA_HOME call :consider "%JAVA_HOME%"
if not defined JDK for %%J in (java.exe) do if not "%%~$PATH:J"=="" for %%B in ("%%~dp$PATH:J..") do call :consider "%%~fB"
if not defined JDK for %%R in ("Eclipse Adoptium" "Java" "Microsoft" "Zulu" "Amazon Corretto" "BellSoft") do (
  for /d %%D in ("%ProgramFiles%\%%~R\*") do if not defined JDK call :consider "%%~fD"
)
if not defined JDK for /d %%D in ("%USERPROFILE%\.jdks\*") do if not defined JDK call :consider "%%~fD"
if not defined JDK (
  echo Tangram needs JDK 25 or newer, and none was found: install Temurin 25 from https://adoptium.net ^(or set JAVA_HOME^).>&2
  exit /b 2
)

set "JAR=%HERE%tangram.jar"
if exist "%JAR%" goto start
set "JAR=%HERE%cli\target\tangram.jar"
if exist "%JAR%" goto start
echo building Tangram ^(first run, about a minute^)...>&2
if not exist "%HERE%cli\target" mkdir "%HERE%cli\target"
set "JAVA_HOME=%JDK%"
pushd "%HERE%"
call mvnw.cmd -q -B -Dmaven.test.skip=true -pl cli -am package > cli\target\build.log 2>&1
if errorlevel 1 (
  type cli\target\build.log >&2
  echo tangram: the build failed; the log is above and in %HERE%cli\target\build.log.>&2
  popd
  exit /b 1
)
popd

:start
set "COMPUTES="
for %%C in ("run" "serve" "logits" "rehearse") do if /i "%~1"==%%C set "COMPUTES=--add-modules=jdk.incubator.vector"
rem The same flags as dev.tangram.cli.Relaunch; a test compares them.
"%JDK%\bin\java.exe" %COMPUTES% ^
  --enable-native-access=ALL-UNNAMED ^
  "-Djdk.serialFilter=!*" ^
  -XX:+UseSerialGC ^
  -XX:+ExitOnOutOfMemoryError ^
  -XX:-UsePerfData ^
  %TANGRAM_JAVA_OPTS% -jar "%JAR%" %*
exit /b %errorlevel%

rem Sets JDK to the folder %1 if its release file tells 25 or more.
:consider
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "tokens=2 delims==" %%V in ('findstr /b "JAVA_VERSION=" "%~1\release"') do (
  for /f "tokens=1 delims=.-+" %%M in ("%%~V") do if %%M GEQ 25 set "JDK=%~1"
)
exit /b 0
