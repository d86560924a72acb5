package dev.tangram.fleet.plan;

import dev.tangram.fleet.cost.WeightType;
import dev.tangram.fleet.file.Fields;
import dev.tangram.fleet.file.Tree;
import dev.tangram.fleet.model.KvType;
import dev.tangram.fleet.model.ModelCatalogue;
import dev.tangram.fleet.model.ModelShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads DEMAND.yaml for a fleet; model files that it names lie beside it. */
public final class DemandReader {
  private static final int REPLICAS_MAX = 100_000;
  private static final double MILLIS_MAX = 3_600_000;
  private static final double TOKENS_MAX = 10_000_000;

  private final Fleet fleet;
  private final ModelCatalogue models;
  private final Map<String, Named> tenants = new LinkedHashMap<>();

  /** A tenant and what its demands need unless they say otherwise. */
  private record Named(Tenant tenant, int replicas, int rooms) {}

  private DemandReader(Fleet fleet, ModelCatalogue models) {
    this.fleet = fleet;
    this.models = models;
  }

  /**
   * @param models catalogue that the file's own model files are laid over
   * @throws dev.tangram.fleet.file.FleetFormatException if the file is wrong, or asks of the fleet
   *     what its policies contradict
   */
  public static Demands read(Path file, Fleet fleet, ModelCatalogue models) throws IOException {
    Fields in = Tree.read(file);
    in.allowOnly("planBy", "models", "tenants", "demands");
    ModelCatalogue catalogue = models;
    for (String name : in.words("models")) {
      catalogue =
          catalogue.with(FleetReader.beside(file.toAbsolutePath().getParent(), in, "models", name));
    }
    return new DemandReader(fleet, catalogue).demands(in);
  }

  private Demands demands(Fields in) {
    PlanBy by = in.has("planBy") ? word(in, "planBy", PlanBy.values()) : PlanBy.LOWER;
    for (Fields tenant : in.groups("tenants")) {
      Named named = tenant(tenant);
      if (tenants.put(named.tenant.name(), named) != null) {
        throw tenant.wrong("name", '"' + named.tenant.name() + "\" a second time", "each once");
      }
    }
    Map<String, Demand> demands = new LinkedHashMap<>();
    for (Fields entry : in.groups("demands")) {
      Demand demand = demand(entry);
      if (demands.put(demand.name(), demand) != null) {
        throw entry.wrong("name", '"' + demand.name() + "\" a second time", "each demand once");
      }
    }
    if (demands.isEmpty()) {
      throw in.wrong("demands", "no demand", "at least one");
    }
    return new Demands(by, List.copyOf(demands.values()));
  }

  private Named tenant(Fields in) {
    in.allowOnly("name", "origins", "withoutVendors", "replicas", "rooms");
    Set<String> origins = new LinkedHashSet<>();
    for (String code : in.words("origins")) {
      if (!code.matches("[A-Z]{2}")) {
        throw in.wrong("origins", '"' + code + '"', "country codes such as CN or US");
      }
      origins.add(code);
    }
    Set<String> vendors =
        fleet.pools().stream().map(DemandReader::vendor).collect(Collectors.toSet());
    Set<String> without = new LinkedHashSet<>();
    for (String vendor : in.words("withoutVendors")) {
      without.add(vendor.toLowerCase(Locale.ROOT));
    }
    Tenant tenant = new Tenant(in.text("name"), origins, without);
    if (fleet.pools().stream().noneMatch(p -> tenant.allowsOrigin(p) && tenant.allowsVendor(p))) {
      throw in.wrong(
          without.isEmpty() ? "origins" : origins.isEmpty() ? "withoutVendors" : "origins",
          "policies that leave no pool (origins %s, without vendors %s)"
              .formatted(origins.isEmpty() ? "all" : origins, without),
          "some of the fleet: " + String.join(", ", new java.util.TreeSet<>(vendors)));
    }
    return new Named(tenant, replicas(in, 1), rooms(in, 1));
  }

  private static String vendor(Pool pool) {
    return pool.chip().vendor() + " (" + pool.chip().origin() + ")";
  }

  private static int replicas(Fields in, int otherwise) {
    return (int) in.integer("replicas", 1, REPLICAS_MAX, otherwise);
  }

  private int rooms(Fields in, int otherwise) {
    int rooms = (int) in.integer("rooms", 1, REPLICAS_MAX, otherwise);
    if (rooms > fleet.rooms().size()) {
      throw in.wrong(
          "rooms",
          rooms + " rooms",
          "at most %d, as the fleet has".formatted(fleet.rooms().size()));
    }
    return rooms;
  }

  private Demand demand(Fields in) {
    in.allowOnly(
        "name",
        "tenant",
        "model",
        "weights",
        "cache",
        "requestsPerSecond",
        "promptTokens",
        "outputTokens",
        "ttftMillis",
        "tpotMillis",
        "utilisation",
        "replicas",
        "rooms");
    Named owner = owner(in);
    int rooms = rooms(in, owner.rooms);
    int replicas = replicas(in, Math.max(rooms, owner.replicas));
    if (replicas < rooms) {
      throw in.wrong(
          "replicas", replicas + " replicas for " + rooms + " rooms", rooms + " or more");
    }
    return new Demand(
        in.text("name"),
        owner.tenant,
        model(in),
        in.has("weights") ? word(in, "weights", WeightType.values()) : WeightType.BF16,
        in.has("cache") ? word(in, "cache", KvType.values()) : KvType.FP16,
        in.number("requestsPerSecond", 0, 1e9),
        in.number("promptTokens", 0, TOKENS_MAX),
        in.number("outputTokens", 0, TOKENS_MAX),
        in.number("ttftMillis", 0, MILLIS_MAX),
        in.number("tpotMillis", 0, MILLIS_MAX),
        in.number("utilisation", 0, 1, 0.8),
        replicas,
        rooms);
  }

  private Named owner(Fields in) {
    String name = in.text("tenant");
    Named named = tenants.get(name);
    if (named == null) {
      throw in.wrong(
          "tenant",
          '"' + name + '"',
          tenants.isEmpty() ? "a name under tenants:" : String.join(", ", tenants.keySet()));
    }
    return named;
  }

  private ModelShape model(Fields in) {
    String name = in.text("model");
    return models
        .find(name)
        .orElseThrow(
            () ->
                in.wrong(
                    "model",
                    '"' + name + '"',
                    "a model of the catalogue or of a file under models:%s".formatted(like(name))));
  }

  /** Names that begin alike, for a slip of the finger. */
  private String like(String name) {
    String start = name.toLowerCase(Locale.ROOT).substring(0, Math.min(4, name.length()));
    List<String> alike =
        models.models().stream()
            .map(ModelShape::name)
            .filter(other -> other.toLowerCase(Locale.ROOT).startsWith(start))
            .limit(12)
            .toList();
    return alike.isEmpty() ? "" : ", such as " + String.join(", ", alike);
  }

  private static <E extends Enum<E>> E word(Fields in, String field, E[] values) {
    String word = in.text(field);
    for (E value : values) {
      if (value.name().equalsIgnoreCase(word)) {
        return value;
      }
    }
    throw in.wrong(
        field,
        '"' + word + '"',
        Arrays.stream(values)
            .map(value -> value.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", ")));
  }
}
