// Judge tokens with jose4j: `java -cp JARS JavaLibraries.java jose4j < cases > outcomes`.
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;

public class JavaLibraries {
    interface Call {
        void run() throws Exception;
    }

    static String outcome(Call call) {
        try {
            call.run();
            return "accepted";
        } catch (InvalidJwtException error) {
            String text = error.getErrorDetails().get(0).getErrorMessage();
            return "InvalidJwtException: " + text.replaceAll("\\s+", " ").replaceAll(" [-:(\\[]?[^ ]*\\{.*", "");
        } catch (Exception error) {
            return error.getClass().getSimpleName() + ": " + error.getMessage().replaceAll("\\s+", " ");
        }
    }

    static void verify(byte[] key, String token, String audience) throws Exception {
        var constraints = new AlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, "HS256");
        var builder = new JwtConsumerBuilder()
            .setVerificationKey(new HmacKey(key))
            .setJwsAlgorithmConstraints(constraints);
        if (audience != null) {
            builder.setExpectedAudience(audience);
        }
        builder.build().process(token);
    }

    static void read(String token) throws Exception {
        new JwtConsumerBuilder().setSkipAllValidators().setDisableRequireSignature()
            .setSkipSignatureVerification().build().process(token);
    }

    @SuppressWarnings("unchecked")
    public static void main(String[] arguments) throws Exception {
        var given = JsonUtil.parseJson(new String(System.in.readAllBytes(), "UTF-8"));
        byte[] key = Base64.getDecoder().decode((String) given.get("key"));
        Map<String, Object> outcomes = new LinkedHashMap<>();
        for (var each : (List<Map<String, Object>>) given.get("cases")) {
            String token = (String) each.get("token");
            String audience = (String) each.get("audience");
            Map<String, Object> outcome = new LinkedHashMap<>();
            outcome.put("verify", outcome(() -> verify(key, token, audience)));
            outcome.put("read", outcome(() -> read(token)));
            outcomes.put((String) each.get("name"), outcome);
        }
        System.out.println(JsonUtil.toJson(outcomes));
    }
}
