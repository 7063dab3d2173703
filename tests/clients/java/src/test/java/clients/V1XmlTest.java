package clients;

import com.aliyuncs.http.FormatType;

/** The old SDK again, with replies and errors in XML. */
class V1XmlTest extends V1Test {
    @Override
    FormatType format() {
        return FormatType.XML;
    }
}
