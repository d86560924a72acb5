package dev.tangram.server.store.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipSettingsTest {
  @TempDir private Path home;

  private PipSettings settings(Map<String, String> more) {
    Map<String, String> env =
        new HashMap<>(Map.of("XDG_CONFIG_DIRS", home.resolve("xdg").toString()));
    env.putAll(more);
    return PipSettings.of(env, "Linux", home);
  }

  private Path write(String path, String text) throws Exception {
    Path file = home.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void laterPlacesWin() throws Exception {
    write("xdg/pip/pip.conf", "[global]\nindex-url = https://global/simple\nproxy = p:1\n");
    assertThat(settings(Map.of()).indexes()).containsExactly("https://global/simple");
    write(".config/pip/pip.conf", "[global]\nindex_url: https://user/simple\n");
    assertThat(settings(Map.of()).indexes()).containsExactly("https://user/simple");
    assertThat(settings(Map.of()).proxy()).contains("p:1");
    write("venv/pip.conf", "[global]\nindex-url=https://venv/simple\n");
    Map<String, String> venv = Map.of("VIRTUAL_ENV", home.resolve("venv").toString());
    assertThat(settings(venv).indexes()).containsExactly("https://venv/simple");
    Path named = write("named.conf", "[download]\nindex-url = https://named/simple\n");
    Map<String, String> file = Map.of("PIP_CONFIG_FILE", named.toString());
    assertThat(settings(file).indexes()).containsExactly("https://named/simple");
    Map<String, String> variable =
        Map.of("PIP_CONFIG_FILE", named.toString(), "PIP_INDEX_URL", "https://env/simple");
    assertThat(settings(variable).indexes()).containsExactly("https://env/simple");
  }

  @Test
  void noFilesAtAllWhenToldSo() throws Exception {
    write(".config/pip/pip.conf", "[global]\nindex-url = https://user/simple\n");
    assertThat(settings(Map.of("PIP_CONFIG_FILE", "/dev/null")).indexes())
        .containsExactly("https://pypi.org/simple");
  }

  @Test
  void readsFoldedListsCommentsAndSections() {
    Map<String, String> values =
        PipSettings.parse(
            """
            # a comment
            [list]
            index-url = https://wrong/simple
            [install]
            extra-index-url =
                https://a/simple
                https://b/simple
            no-index = yes
            [global]
            ; another
            index-url = https://right/simple
            cert = /etc/ca.pem
            """);
    assertThat(values)
        .containsEntry("index-url", "https://right/simple")
        .containsEntry("extra-index-url", "https://a/simple https://b/simple")
        .containsEntry("no-index", "yes")
        .containsEntry("cert", "/etc/ca.pem");
  }

  @Test
  void looksWherePipLooksOnOtherSystems() {
    assertThat(PipSettings.files(Map.of("APPDATA", "/appdata"), "Windows 11", home))
        .contains(Path.of("/appdata/pip/pip.ini"), home.resolve("pip/pip.ini"));
    assertThat(PipSettings.files(Map.of(), "Mac OS X", home))
        .contains(home.resolve("Library/Application Support/pip/pip.conf"));
  }
}
