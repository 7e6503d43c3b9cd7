import java.util.Objects;
import java.util.StringJoiner;
import java.util.UUID;
import org.mlflow.tracking.MlflowHttpException;

/** Checks for the programs beside this one: prints a line for each check that passes, and ends at the first failure. */
final class Facts {
  /** The URL of the server; the client's constructors without arguments read the same variable. */
  static final String URI = System.getenv("MLFLOW_TRACKING_URI");

  static void check(String fact, boolean holds) {
    if (!holds) throw new AssertionError(fact);
    print(fact);
  }

  static void same(String fact, Object found, Object expected) {
    if (!Objects.equals(found, expected)) throw new AssertionError(fact + ": " + found + " is not " + expected);
    print(fact);
  }

  /** Prints the thread too, which has the name of the program when `Programs` runs it. */
  private static void print(String fact) {
    System.out.println("ok " + Thread.currentThread().getName() + ": " + fact);
  }

  /** Checks that the call fails with the status and a message that contains the words. */
  static void refused(String fact, int status, String words, Runnable call) {
    try {
      call.run();
    } catch (MlflowHttpException error) {
      if (error.getStatusCode() == status && error.getBodyMessage().contains(words)) {
        print(fact);
        return;
      }
      throw new AssertionError(fact + ": " + error.getStatusCode() + " " + error.getBodyMessage());
    }
    throw new AssertionError(fact + ": the call succeeded");
  }

  /** Returns a name that is unique on the server. */
  static String named(String what) {
    return what + "-" + UUID.randomUUID();
  }

  /** Formats keys and values as a JSON object: strings are quoted but not escaped, other values written unchanged. */
  static String json(Object... keysAndValues) {
    var fields = new StringJoiner(",", "{", "}");
    for (var i = 0; i < keysAndValues.length; i += 2) {
      var value = keysAndValues[i + 1];
      var text = value instanceof String ? '"' + value.toString() + '"' : value;
      fields.add('"' + keysAndValues[i].toString() + "\":" + text);
    }
    return fields.toString();
  }
}
