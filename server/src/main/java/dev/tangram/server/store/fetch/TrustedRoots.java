package dev.tangram.server.store.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A company's own certificate authority, as pip and curl are told about it, in addition to those
 * the Java runtime trusts. Never fewer, and never a way to switch checking off.
 */
final class TrustedRoots {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedRoots.class);

  private TrustedRoots() {}

  /** Trust that includes a PEM bundle; empty (and a warning) if the bundle cannot be read. */
  static Optional<SSLContext> with(Path bundle) {
    try (InputStream in = Files.newInputStream(bundle)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int count = 0;
      for (X509Certificate root : runtimeRoots()) {
        store.setCertificateEntry("runtime-" + count++, root);
      }
      for (Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("bundle-" + count++, root);
      }
      TrustManagerFactory factory = factory(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return Optional.of(context);
    } catch (IOException | GeneralSecurityException e) {
      LOG.warn("The certificates in {} are not used: {}", bundle, Failures.describe(e));
      return Optional.empty();
    }
  }

  private static X509Certificate[] runtimeRoots() throws GeneralSecurityException {
    for (TrustManager manager : factory(null).getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509.getAcceptedIssuers();
      }
    }
    return new X509Certificate[0];
  }

  private static TrustManagerFactory factory(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }
}
