package dev.thaw.local;

/**
 * The names that resources have on this platform: AWS's form, with the account that AWS's examples
 * use.
 */
final class Arns {

  static final String REGION = "us-east-1";
  static final String ACCOUNT = "123456789012";

  private Arns() {}

  static String function(String name) {
    return "arn:aws:lambda:" + REGION + ":" + ACCOUNT + ":function:" + name;
  }

  static String queue(String name) {
    return "arn:aws:sqs:" + REGION + ":" + ACCOUNT + ":" + name;
  }

  static String topic(String name) {
    return "arn:aws:sns:" + REGION + ":" + ACCOUNT + ":" + name;
  }

  static String table(String name) {
    return "arn:aws:dynamodb:" + REGION + ":" + ACCOUNT + ":table/" + name;
  }

  /** The function's name, from a name, a partial or a full ARN, with or without a version. */
  static String functionName(String nameOrArn) {
    int at = nameOrArn.indexOf(":function:");
    String rest = at < 0 ? nameOrArn : nameOrArn.substring(at + ":function:".length());
    int version = rest.indexOf(':');
    return version < 0 ? rest : rest.substring(0, version);
  }
}
