package dev.tangram.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tangram.server.store.ModelReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelNamesTest {
  @Test
  void aFolderWithAConfigurationIsAModelByItsPath(@TempDir(factory = InTarget.class) Path folder)
      throws IOException {
    Path relative = Path.of("").toAbsolutePath().relativize(folder);
    assertThat(relative.toString()).startsWith("target");
    Files.writeString(folder.resolve("config.json"), "{}");
    assertThat(ModelNames.parse(relative.toString()))
        .isEqualTo(new ModelReference.LocalFile(relative));
    assertThat(ModelNames.parse("./" + relative + "/"))
        .isEqualTo(new ModelReference.LocalFile(relative));
    assertThat(ModelNames.parse("hf.co/acme/tiny")).isInstanceOf(ModelReference.Hub.class);
  }

  /** Below the folder that the test runs in, so that a relative path leads there. */
  static final class InTarget implements org.junit.jupiter.api.io.TempDirFactory {
    @Override
    public Path createTempDirectory(
        org.junit.jupiter.api.extension.AnnotatedElementContext element,
        org.junit.jupiter.api.extension.ExtensionContext context)
        throws IOException {
      return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "model");
    }
  }
}
