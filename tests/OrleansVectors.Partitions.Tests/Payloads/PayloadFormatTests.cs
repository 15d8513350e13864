using System.Text;
using OrleansVectors.Partitions.Payloads;

namespace OrleansVectors.Partitions.Tests.Payloads;

public sealed class PayloadFormatTests
{
    private const string Golden =
        "01" + "08" + "52000000"                       // version, object, body length
        + "016E" + "00"                                // n null
        + "0166" + "01"                                // f false
        + "0174" + "02"                                // t true
        + "0169" + "03" + "01"                         // i -1
        + "016A" + "03" + "AC02"                       // j 150
        + "0175" + "04" + "FFFFFFFFFFFFFFFFFF01"       // u 2^64 - 1
        + "0164" + "05" + "000000000000F83F"           // d 1.5
        + "0173" + "06" + "03" + "E282AC"              // s "€"
        + "0161" + "07" + "0A000000" + "0302" + "0601" + "78" + "0700000000"   // a [1, "x", []]
        + "016F" + "08" + "09000000" + "016B" + "0800000000" + "00" + "00";    // o {"k": {}, "": null}

    private const string GoldenJson =
        """{"n":null,"f":false,"t":true,"i":-1,"j":150,"u":18446744073709551615,"d":1.5,"s":"€","a":[1,"x",[]],"o":{"k":{},"":null}}""";

    [Fact]
    public void The_encoding_is_these_bytes()
        => Assert.Equal(Golden, Convert.ToHexString(PayloadDocument.Parse(Encoding.UTF8.GetBytes(GoldenJson)).Encoded));

    [Fact]
    public void Bytes_of_old_read_as_the_payload_they_were()
        => Assert.Equal(
            PayloadDocument.Parse(Encoding.UTF8.GetBytes(GoldenJson)).ToString(),
            PayloadDocument.FromEncoded(Convert.FromHexString(Golden)).ToString());

    [Fact]
    public void Damaged_bytes_are_refused_or_read_as_something_never_crash()
    {
        byte[] golden = Convert.FromHexString(Golden);
        int accepted = 0;
        for (int length = 0; length < golden.Length; length++)
        {
            Assert.Throws<PayloadException>(() => PayloadDocument.FromEncoded(golden.AsMemory(0, length)));
        }

        for (int at = 0; at < golden.Length; at++)
        {
            for (int value = 0; value < 256; value += 1 + (at % 3))
            {
                byte[] damaged = [.. golden];
                damaged[at] = (byte)value;
                try
                {
                    PayloadDocument document = PayloadDocument.FromEncoded(damaged);
                    Assert.Equal(
                        document.ToString(),
                        PayloadDocument.Parse(Encoding.UTF8.GetBytes(document.ToString())).ToString());
                    accepted++;
                }
                catch (PayloadException)
                {
                }
            }
        }

        Assert.True(accepted > golden.Length, "changed letters and digits are still payloads");
    }

    [Fact]
    public void Random_bytes_never_crash_the_check()
    {
        const int Seed = 20260801;
        var random = new Random(Seed);
        for (int round = 0; round < 10_000; round++)
        {
            byte[] bytes = new byte[random.Next(1, 40)];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(10));
            }

            bytes[0] = 1;
            Exception? error = Record.Exception(() => PayloadDocument.FromEncoded(bytes));
            Assert.True(error is null or PayloadException, $"seed {Seed}, round {round}: {error}");
        }
    }

    [Fact]
    public void Encodings_that_no_writer_makes_are_refused()
    {
        AssertDamaged("0008" + "00000000");                            // unknown version
        AssertDamaged("0107" + "00000000");                            // an array at the top
        AssertDamaged("0108" + "0000000000");                          // bytes behind
        AssertDamaged("0108" + "06000000" + "016100" + "016100");      // a key twice
        AssertDamaged("0108" + "05000000" + "0161" + "0601FF");        // no UTF-8
        AssertDamaged("0108" + "03000000" + "01FF00");                 // no UTF-8 in a key
        AssertDamaged("0108" + "0B000000" + "0161" + "05000000000000F07F"); // infinity
        AssertDamaged("0108" + "04000000" + "0161" + "0405");          // a small number as unsigned
        AssertDamaged("0108" + "FFFFFFFF");                            // a length past the end
    }

    private static void AssertDamaged(string hex)
        => Assert.Throws<PayloadException>(() => PayloadDocument.FromEncoded(Convert.FromHexString(hex)));
}
