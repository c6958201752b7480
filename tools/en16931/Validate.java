import com.helger.io.resource.FileSystemResource;
import com.helger.phive.api.execute.ValidationExecutionManager;
import com.helger.phive.api.executorset.ValidationExecutorSetRegistry;
import com.helger.phive.api.validity.IValidityDeterminator;
import com.helger.phive.en16931.EN16931Validation;
import com.helger.phive.xml.source.IValidationSourceXML;
import com.helger.phive.xml.source.ValidationSourceXML;
import java.io.File;
import java.nio.file.Files;
import java.util.Locale;

/** Prints what the schemas of UBL 2.1 and the rules of EN 16931 (1.3.16) find wrong with each file, a line each. */
public class Validate {
  public static void main(String[] files) throws Exception {
    var rules = new ValidationExecutorSetRegistry<IValidationSourceXML>();
    EN16931Validation.initEN16931(rules);
    for (String file : files) {
      boolean isCreditNote = Files.readString(new File(file).toPath()).contains("<CreditNote");
      var set = rules.getOfID(
          isCreditNote
              ? EN16931Validation.VID_UBL_CREDIT_NOTE_1316
              : EN16931Validation.VID_UBL_INVOICE_1316);
      var source = ValidationSourceXML.create(new FileSystemResource(new File(file)));
      var results = ValidationExecutionManager.executeValidation(
          IValidityDeterminator.createDefault(), set, source, Locale.ENGLISH);
      for (var error : results.getAllErrors())
        System.out.println(new File(file).getName() + ": " + error.getErrorID() + " " + error.getErrorText(Locale.ENGLISH));
    }
  }
}
