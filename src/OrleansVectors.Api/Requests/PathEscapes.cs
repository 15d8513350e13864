using System.Globalization;
using System.Text.Unicode;

namespace OrleansVectors.Api.Requests;

/// <summary>Checks a request's path as it was sent: the web server leaves escapes that it does not understand as they are.</summary>
internal static class PathEscapes
{
    /// <summary>Whether every percent sign is followed by two hexadecimal digits, and what they stand for is UTF-8.</summary>
    /// <param name="target">The first line's address; what follows a question mark is not looked at.</param>
    public static bool AreValid(ReadOnlySpan<char> target)
    {
        int query = target.IndexOf('?');
        ReadOnlySpan<char> path = query < 0 ? target : target[..query];
        if (!path.Contains('%'))
            return true;
        byte[] bytes = new byte[path.Length];
        int count = 0;
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                bytes[count++] = (byte)'.';
                continue;
            }

            bool isHex = i + 2 < path.Length
                && byte.TryParse(path.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count]);
            if (!isHex)
                return false;
            count++;
            i += 2;
        }

        return Utf8.IsValid(bytes.AsSpan(0, count));
    }
}
