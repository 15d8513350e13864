using System.Text;
using OrleansVectors.Cli.Points;

namespace OrleansVectors.Cli.Tests.Points;

public sealed class PointIdTextTests
{
    [Theory]
    [InlineData("6F9619FF-8B86-D011-B42D-00C04FC964FF")]
    [InlineData("6f9619ff8b86d011b42d00c04fc964ff")]
    [InlineData("urn:uuid:6f9619ff-8b86-d011-b42d-00c04fc964ff")]
    public void A_UUID_in_any_accepted_form_is_itself(string text)
    {
        Assert.Equal("\"6f9619ff-8b86-d011-b42d-00c04fc964ff\"", Encoding.ASCII.GetString(PointIdText.OfText(text, out bool derived)));
        Assert.False(derived);
    }

    /// <summary>Pinned: stored collections hold these ids. The values are those of Python's uuid.uuid5 with our namespace.</summary>
    [Theory]
    [InlineData("doc-1", "46601a3f-316a-59f2-adee-08d0abd6b942")]
    [InlineData("größe/ü", "0148f8ee-ce3a-5e67-baa1-89b28de5adae")]
    [InlineData("", "e5c88cee-82cd-5262-8114-e1b673c226c7")]
    public void Any_other_text_has_one_id_for_ever(string text, string uuid)
    {
        Assert.Equal($"\"{uuid}\"", Encoding.ASCII.GetString(PointIdText.OfText(text, out bool derived)));
        Assert.True(derived);
    }
}
