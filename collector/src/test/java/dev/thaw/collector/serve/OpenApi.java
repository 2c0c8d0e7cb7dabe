package dev.thaw.collector.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;

/** What an OpenAPI document says of an answer, as a schema that answers are held against. */
final class OpenApi {

  private static final ObjectMapper JSON = new ObjectMapper();

  private OpenApi() {}

  /**
   * @param document as YAML
   * @param name of one of its schemas
   */
  static JsonSchema schema(String document, String name) throws IOException {
    JsonNode read = new ObjectMapper(new YAMLFactory()).readTree(document);
    ObjectNode root =
        (ObjectNode) nullable(read.path("components").path("schemas").path(name).deepCopy());
    root.set("components", nullable(read.path("components").deepCopy()));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(root);
  }

  /** OpenAPI 3.0's «nullable: true» in JSON Schema's words. */
  private static JsonNode nullable(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().forEach(field -> object.set(field.getKey(), nullable(field.getValue())));
      if (object.path("nullable").asBoolean()) {
        ObjectNode either = JSON.createObjectNode();
        object.remove("nullable");
        either.putArray("anyOf").add(JSON.createObjectNode().put("type", "null")).add(object);
        return either;
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, nullable(array.get(i)));
      }
    }
    return node;
  }
}
