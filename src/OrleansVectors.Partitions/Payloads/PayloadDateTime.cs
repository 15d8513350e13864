namespace OrleansVectors.Partitions.Payloads;

/// <summary>
/// Reads a moment from text, in microseconds since 1970-01-01T00:00:00Z; finer fractions are cut. Accepted:
/// <c>YYYY-MM-DD</c>; then optionally <c>T</c> or a space and <c>HH:MM</c> or <c>HH:MM:SS</c> or <c>HH:MM:SS.f</c>; after
/// seconds optionally (a space and) <c>Z</c>, <c>UTC</c>, <c>+HH:MM</c>, <c>+HHMM</c> or <c>+HH</c>. Without a zone it is
/// UTC. Month, day, hour, minute and second may have one digit. Second 60 is the next minute's 0.
/// </summary>
public static class PayloadDateTime
{
    private const long MicrosPerSecond = 1_000_000;

    /// <summary>Microseconds since 1970; false when the text is no moment.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out long microseconds)
    {
        microseconds = 0;
        var text = new Cursor(utf8);
        if (!text.Number(4, 4, out int year) || !text.Take('-')
            || !text.Number(1, 2, out int month) || !text.Take('-')
            || !text.Number(1, 2, out int day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        long days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Days;
        long seconds = days * 86_400;
        long fraction = 0;
        if (!text.IsEnd)
        {
            if (!(text.Take('T') || text.Take('t') || text.Take(' ')) || !ReadTime(ref text, ref seconds, ref fraction))
            {
                return false;
            }
        }

        microseconds = (seconds * MicrosPerSecond) + fraction;
        return text.IsEnd;
    }

    private static bool ReadTime(ref Cursor text, ref long seconds, ref long fraction)
    {
        if (!text.Number(1, 2, out int hour) || !text.Take(':') || !text.Number(1, 2, out int minute)
            || hour > 23 || minute > 59)
        {
            return false;
        }

        seconds += (hour * 3_600) + (minute * 60);
        if (text.IsEnd)
        {
            return true;
        }

        if (!text.Take(':') || !text.Number(1, 2, out int second) || second > 60)
        {
            return false;
        }

        seconds += second;
        return (!text.Take('.') || text.Fraction(out fraction)) && (text.IsEnd || ReadZone(ref text, ref seconds));
    }

    private static bool ReadZone(ref Cursor text, ref long seconds)
    {
        text.Take(' ');
        if (text.Take('Z') || text.Take('z'))
        {
            return true;
        }

        if (text.Take('U'))
        {
            return text.Take('T') && text.Take('C');
        }

        int sign = text.Take('+') ? 1 : text.Take('-') ? -1 : 0;
        if (sign == 0 || !text.Number(2, 2, out int hours) || hours > 23)
        {
            return false;
        }

        bool colon = text.Take(':');
        int minutes = 0;
        if ((colon || !text.IsEnd) && (!text.Number(2, 2, out minutes) || minutes > 59))
        {
            return false;
        }

        seconds -= sign * ((hours * 3_600) + (minutes * 60));
        return true;
    }

    private ref struct Cursor(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public readonly bool IsEnd => _rest.IsEmpty;

        public bool Take(char sign)
        {
            if (_rest.IsEmpty || _rest[0] != sign)
            {
                return false;
            }

            _rest = _rest[1..];
            return true;
        }

        public bool Number(int digitsMin, int digitsMax, out int value)
        {
            value = 0;
            int count = 0;
            while (count < digitsMax && count < _rest.Length && char.IsAsciiDigit((char)_rest[count]))
            {
                value = (value * 10) + (_rest[count++] - '0');
            }

            _rest = _rest[count..];
            return count >= digitsMin;
        }

        /// <summary>Any number of digits after the point, as microseconds.</summary>
        public bool Fraction(out long micros)
        {
            micros = 0;
            int count = 0;
            long unit = MicrosPerSecond / 10;
            while (count < _rest.Length && char.IsAsciiDigit((char)_rest[count]))
            {
                micros += (_rest[count++] - '0') * unit;
                unit /= 10;
            }

            _rest = _rest[count..];
            return count > 0;
        }
    }
}
