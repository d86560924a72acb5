package dev.tangram.server.store.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PackageVersionTest {
  @Test
  void ordersAsPipDoes() {
    List<String> ascending =
        List.of(
            "0.9",
            "1.0.dev1",
            "1.0a1.dev1",
            "1.0a1",
            "1.0a2",
            "1.0b1",
            "1.0rc1",
            "1.0",
            "1.0.post1.dev1",
            "1.0.post1",
            "1.0.1",
            "1.9",
            "1.10",
            "2",
            "1!0.1");
    for (int i = 0; i + 1 < ascending.size(); i++) {
      PackageVersion lower = PackageVersion.parse(ascending.get(i)).orElseThrow();
      PackageVersion higher = PackageVersion.parse(ascending.get(i + 1)).orElseThrow();
      assertThat(lower).as(ascending.get(i)).isLessThan(higher);
      assertThat(higher).isGreaterThan(lower);
    }
  }

  @Test
  void knowsOtherSpellings() {
    assertThat(PackageVersion.parse("v1.0.0")).isEqualTo(PackageVersion.parse("1"));
    assertThat(PackageVersion.parse("1.0-alpha.1")).isEqualTo(PackageVersion.parse("1.0a1"));
    assertThat(PackageVersion.parse("1.0-1")).isEqualTo(PackageVersion.parse("1.0.post1"));
    assertThat(PackageVersion.parse("1.0+local.7")).isEqualTo(PackageVersion.parse("1.0"));
    assertThat(PackageVersion.parse("not-a-version")).isEmpty();
    assertThat(PackageVersion.parse("1.0rc1").orElseThrow().isPreRelease()).isTrue();
    assertThat(PackageVersion.parse("1.0.post1").orElseThrow().isPreRelease()).isFalse();
  }
}
