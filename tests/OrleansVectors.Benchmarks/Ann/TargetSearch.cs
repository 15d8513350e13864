namespace OrleansVectors.Benchmarks.Ann;

/// <summary>Finds the least effort that reaches a recall, by doubling and then halving the gap; recall is taken to grow with effort.</summary>
internal static class TargetSearch
{
    /// <param name="recall">The recall of an effort.</param>
    /// <param name="target">The recall to reach.</param>
    /// <param name="least">The least effort.</param>
    /// <param name="most">The most that is tried.</param>
    /// <returns>The effort, or <paramref name="most"/> when even that does not reach it.</returns>
    public static int LeastEffort(Func<int, double> recall, double target, int least, int most)
    {
        var tooLittle = least - 1;
        var enough = least;
        while (recall(enough) < target)
        {
            if (enough == most)
            {
                return most;
            }

            tooLittle = enough;
            enough = (int)Math.Min(most, 2L * enough);
        }

        while (enough - tooLittle > 1)
        {
            var middle = tooLittle + ((enough - tooLittle) / 2);
            if (recall(middle) < target)
            {
                tooLittle = middle;
            }
            else
            {
                enough = middle;
            }
        }

        return enough;
    }
}
